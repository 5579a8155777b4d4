"""Configs made and changed by forms."""

import re
from html import unescape

import pytest

from tests.fixtures.town import Town
from tests.web.conftest import TENANT_OF
from tests.web.console.conftest import logged_in
from tests.web.people import Browser
from tgforward.db.configs import load_config
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.session import reading
from tgforward.services.configs import edit_config
from tgforward.services.deps import Deps
from tgforward.types import ConfigId

CONFIG = ConfigId(1)
NEW = {
    "source": "@source",
    "dest": "@dest",
    "account": "operator",
    "interval_second": "30",
    "forward_history_count": "-1",
    "time_zone": "UTC",
    "remove_word": "",
    "rules": "steps:\r\n- replace:\r\n    words: {one: '1'}\r\n",
    "paused": "true",
}


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """What is stored is stored by the services: one kind of database is enough."""
    return sqlite_url


def filled(page: str) -> dict[str, str]:
    """What a form would send if nobody typed."""
    form = re.search(r'<form class="card".*?</form>', page, re.DOTALL)
    assert form is not None
    values = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form[0]))
    values |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL))
    chosen = re.search(r"<option selected>(.*?)</option>", form[0])
    values |= {} if chosen is None else {"account": chosen[1]}
    return {name: unescape(value) for name, value in values.items() if name != "instant"}


async def stored(deps: Deps) -> TGForwardConfig:
    async with reading(deps.session_factory) as session:
        row = await load_config(session, CONFIG)
    assert row is not None
    return row


@pytest.fixture
async def made(operator: Browser) -> Browser:
    """The same browser, after it made a config."""
    answer = await operator.send("/configs/new", page="/configs/new", **NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/configs/{CONFIG}/edit")
    return operator


async def test_a_config_is_made_and_waits(made: Browser, town_deps: Deps, town: Town) -> None:
    """As it was typed; it does not run before somebody has seen what it would send."""
    row = await stored(town_deps)
    assert (row.source, row.dest, row.interval_second) == (town.source.marked_id, town.dest.marked_id, 30)
    assert (row.forward_history_count, row.remove_word, row.state) == (-1, None, ConfigState.PAUSED)
    assert row.rules == {"steps": [{"replace": {"words": {"one": "1"}}}]}


async def test_a_form_that_is_sent_as_it_came_changes_nothing(made: Browser, town_deps: Deps) -> None:
    """Neither the rules, which are written anew, nor a word of the texts."""
    page, before = f"/configs/{CONFIG}/edit", (await stored(town_deps)).version
    values = filled((await made.open(page)).text)
    assert values["account"] == "operator"
    answer = await made.send(page, page=page, **values)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/configs/{CONFIG}")
    assert (await stored(town_deps)).version == before


async def test_a_change_is_stored_and_an_empty_field_empties(made: Browser, town_deps: Deps) -> None:
    """Line ends are those of this system."""
    page = f"/configs/{CONFIG}/edit"
    values = filled((await made.open(page)).text) | {"add_text": "one\r\ntwo", "rules": "", "instant": "true"}
    await made.send(page, page=page, **values)
    row = await stored(town_deps)
    assert (row.add_text, row.rules, row.instant) == ("one\ntwo", None, True)


async def test_what_somebody_else_changed_is_not_overwritten(made: Browser, town_deps: Deps) -> None:
    """The form is shown again with what was typed, and says why."""
    page = f"/configs/{CONFIG}/edit"
    values = filled((await made.open(page)).text) | {"add_text": "mine"}
    await edit_config(town_deps, CONFIG, {"add_text": "theirs"}, account=None, actor="test")
    answer = await made.send(page, page=page, **values)
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text
    assert filled(answer.text)["add_text"] == "mine"
    assert (await stored(town_deps)).add_text == "theirs"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"interval_second": "often"}, "interval_second is &#39;often&#39;: give a whole number"),
        ({"interval_second": "0"}, "interval"),
        ({"rules": "steps: ["}, "neither YAML nor JSON"),
        ({"dest": "@nowhere"}, "nowhere"),
        ({"source": "@dest"}, "same chat"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(
    operator: Browser, town_deps: Deps, change: dict[str, str], words: str
) -> None:
    """One sentence; what was typed stands there still."""
    answer = await operator.send("/configs/new", page="/configs/new", **NEW | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert filled(answer.text)["source"] == (NEW | change)["source"]


async def test_the_preview_shows_what_is_not_saved(made: Browser, town_deps: Deps, town: Town) -> None:
    """What goes and what comes is marked, and whatever a message says is text."""
    for text in ("one <b>", "secret", "the same"):
        town.world.post(town.source, text, sender=town.editor)
    page = f"/configs/{CONFIG}/edit"
    values = filled((await made.open(page)).text) | {"skip_word": "secret"}
    shown = (await made.send(f"/configs/{CONFIG}/preview", page=page, **values)).text
    assert "<del>one</del><ins>1</ins> &lt;b&gt;" in shown
    assert "skip_word: secret" in shown
    assert shown.count('class="preview"') == 3
    assert (await stored(town_deps)).skip_word is None


async def test_a_preview_that_cannot_be_says_why(made: Browser, town_deps: Deps) -> None:
    """In the place of the preview."""
    page = f"/configs/{CONFIG}/edit"
    values = filled((await made.open(page)).text) | {"rules": "steps: [{nonsense: 1}]"}
    shown = (await made.send(f"/configs/{CONFIG}/preview", page=page, **values)).text
    assert "nonsense" in shown[shown.index('id="preview"') :]


async def test_a_tenant_tunes_and_does_not_route(made: Browser, town_deps: Deps) -> None:
    """They are shown no field that is not theirs to change, and sending one is refused."""
    await edit_config(town_deps, CONFIG, {"user_id": TENANT_OF}, account=None, actor="test")
    tenant, page = await logged_in(town_deps, "tenant"), f"/configs/{CONFIG}/edit"
    values = filled((await tenant.open(page)).text)
    assert not {"source", "dest", "account", "user_id"} & values.keys()
    assert (await tenant.send(page, page=page, **values | {"name": "mine"})).status_code == 303
    assert (await stored(town_deps)).name == "mine"
    values = filled((await tenant.open(page)).text)
    assert (await tenant.send(page, page=page, **values | {"user_id": "5"})).status_code == 403
    assert (await stored(town_deps)).user_id == TENANT_OF
    assert (await tenant.open("/configs/new")).status_code == 403


async def test_further_dests_come_and_go(made: Browser, town_deps: Deps, town: Town) -> None:
    """On the config's page."""
    town.world.add_channel("Third", username="third", admins=[town.operator], members=[])
    page = f"/configs/{CONFIG}"
    await made.send(f"{page}/dests", page=page, chat="@third")
    assert "Third" in (await made.open(page)).text
    await made.send(f"{page}/dests/1/remove", page=page)
    assert "Third" not in (await made.open(page)).text
