"""The first page."""

from datetime import timedelta

import pytest

from tests.db.build import make_account
from tests.web.people import Browser
from tgforward.db.accounts import set_account_wait
from tgforward.db.leases import claim_free
from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import Sample, record_sample
from tgforward.services.deps import Deps

pytestmark = pytest.mark.usefixtures("people")


async def test_the_last_hour_is_drawn(browser: Browser, web_deps: Deps) -> None:
    """Figures, charts, and what each lane went through, with the reasons."""
    now = web_deps.clock.now()
    account_id = await make_account(web_deps.session_factory, "<main>")
    async with web_deps.session_factory.begin() as session:
        await claim_free(session, "host-1", timedelta(seconds=3), account_ids=[account_id])
        await set_account_wait(session, account_id, now + timedelta(hours=1), "FLOOD_WAIT_3600")
        await record_sample(session, Sample(int(now.timestamp()) // SPAN_S - 1, "host-1", 9, 1234, 1, 0, 2, 1500))
    await browser.log_in("viewer")
    page = (await browser.open("/")).text
    assert "1\N{NARROW NO-BREAK SPACE}234" in page
    assert "1.5 s" in page
    assert page.count('<rect class="sent"') == 1
    assert '<rect class="waits shade-0"' in page
    assert "&lt;main&gt;" in page
    assert "FLOOD_WAIT_3600" in page


async def test_an_empty_installation_says_so(browser: Browser) -> None:
    """Instead of empty charts there are words."""
    await browser.log_in("viewer")
    page = (await browser.open("/")).text
    assert "Nothing was forwarded in the last hour." in page
    assert "There is no account yet." in page


async def test_a_tenant_begins_with_the_configs(browser: Browser) -> None:
    """The whole installation is not theirs to see."""
    await browser.log_in("tenant")
    answer = await browser.open("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/configs")
