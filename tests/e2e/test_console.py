"""The console in a real browser, in front of the real processes."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import NARROW, WIDE, Visitor, open_browser
from tests.e2e.installation import Installation, deadline, wait_for_text
from tests.e2e.test_main_job import SCHEDULER, WORKER, texts
from tests.web.people import PASSWORD

WEB = [sys.executable, "-m", "tgforward", "web"]
FORWARD = "messages.ForwardMessages"
SOON_MS = 20_000
PAGES = ("/", "/configs", "/configs/new", "/configs/1", "/configs/1/edit", "/dead", "/accounts", "/account-logins/new",
         "/users", "/audit", "/tokens", "/nowhere")  # fmt: skip

pytestmark = pytest.mark.timeout(240)


@contextmanager
def console_of(installation: Installation) -> Iterator[str]:
    """`tgforward web` in front of an installation with one account, an administrator and a viewer; its address."""
    assert installation.run("db", "upgrade").code == 0
    done = installation.run("account", "import", "operator", stdin=installation.session("operator"))
    assert done.code == 0, done.err
    for role in ("admin", "viewer"):
        assert installation.run("web", "user", "add", role, "--role", role, TGFORWARD_PASSWORD=PASSWORD).code == 0
    settings = {"TGFORWARD_WEB_PORT": "0", "TGFORWARD_LOG_FORMAT": "json"}
    with installation.start(WEB, "web", **settings):
        wait_for_text(installation.directory / "web.log", "web_started")
        (started,) = [line for line in installation.log("web").splitlines() if '"web_started"' in line]
        yield json.loads(started)["url"]


async def make_config(visitor: Visitor) -> None:
    """By the form, from the news to the digest; it waits."""
    page = visitor.page
    await visitor.open("/configs")
    await page.get_by_role("link", name="New config").click()
    await page.get_by_label("Source", exact=True).fill("@demo_news")
    await page.get_by_label("Dest", exact=True).fill("@demo_digest")
    await page.get_by_label("Account", exact=True).select_option("operator")
    await page.get_by_label("Name", exact=True).fill("News for the digest")
    await page.get_by_label("Interval in seconds").fill("1")
    await page.get_by_label("Messages of the history").fill("-1")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/configs/1/edit")


async def test_an_operator_at_work(servers: Installation, tmp_path: Path) -> None:
    """A config is made, previewed, watched while it forwards, stopped and resumed; what failed is sent again."""
    async with servers.control() as control:
        for text in ("Good news [ad]", "Buy now!", "More news"):
            await control.post("demo_news", text, sender="editor")
        with ExitStack() as stack:
            url = stack.enter_context(console_of(servers))
            stack.enter_context(servers.start(SCHEDULER, "scheduler"))
            stack.enter_context(servers.start(WORKER, "worker"))
            async with open_browser(url, tmp_path) as visitor:
                page = visitor.page
                await visitor.log_in("admin")
                await make_config(visitor)

                await expect(page.locator(".preview")).to_have_count(3, timeout=SOON_MS)
                await page.get_by_label("remove_word").fill("[ad]")
                await page.get_by_label("skip_word").fill("buy now")
                await expect(page.locator(".preview del")).to_have_text("[ad]", timeout=SOON_MS)
                await expect(page.locator(".preview .skipped")).to_have_text("skipped")
                await visitor.picture("console-edit")
                await page.get_by_role("button", name="Save").click()
                await page.wait_for_url("**/configs/1")
                assert [entry.text for entry in await control.journal("demo_digest")] == []

                await page.get_by_role("button", name="Resume").click()
                live = page.locator("dl.figures div", has_text="Live").locator("dd")
                history = page.locator("dl.figures div", has_text="History").locator("dd")
                await expect(history).to_contain_text("2", timeout=SOON_MS)
                await control.post("demo_news", "Fresh", sender="editor")
                await expect(live).to_have_text("1", timeout=SOON_MS)
                behind = page.locator("dl.figures div", has_text="Behind").locator("dd")
                await expect(behind).to_have_text("0", timeout=SOON_MS)
                await visitor.picture("console-config")

                await page.get_by_role("button", name="Pause").click()
                await expect(page.locator(".figures .state")).to_have_text("paused")
                await asyncio.sleep(3)  # it is in force within a second
                await control.post("demo_news", "Meanwhile", sender="editor")
                await asyncio.sleep(2)
                assert len(await control.journal("demo_digest")) == 3
                fault = await control.add_fault("error", method=FORWARD, error="MESSAGE_ID_INVALID", count=None)
                await page.get_by_role("button", name="Resume").click()
                dead = page.locator("section", has=page.locator("#dead"))
                await expect(dead).to_contain_text("MESSAGE_ID_INVALID", timeout=SOON_MS)
                await control.end_fault(fault)
                await dead.get_by_role("button", name="Send again").click()
                assert (await texts(control, 4))[-1] == "Meanwhile"
                await expect(dead).to_contain_text("Nothing failed for good.", timeout=SOON_MS)

                fault = await control.add_fault("error", method=FORWARD, error="CHAT_WRITE_FORBIDDEN", count=None)
                await control.post("demo_news", "Parked", sender="editor")
                await expect(page.locator(".figures .state")).to_have_text("parked", timeout=SOON_MS)
                await control.end_fault(fault)
                await page.get_by_role("button", name="Resume").click()
                assert (await texts(control, 5))[-1] == "Parked"

                await visitor.open("/")
                await visitor.picture("console-overview")
                await visitor.open("/configs")
                await visitor.picture("console-configs")
            assert visitor.complaints == []
        assert (await control.counters())["sessions_used_twice"] == 0
    assert "Traceback" not in servers.log("web")


async def test_an_account_logs_in_and_a_viewer_is_refused(servers: Installation, tmp_path: Path) -> None:
    """By phone and code, in the browser; who may only look sees no button and gets no form."""
    editor = servers.sandbox["accounts"]["editor"]
    with console_of(servers) as url:
        async with open_browser(url, tmp_path) as visitor:
            page = visitor.page
            await visitor.log_in("admin")
            await page.get_by_role("link", name="Accounts").click()
            await page.get_by_role("link", name="Log an account in").click()
            await page.get_by_label("Name of the account").fill("editor")
            await page.get_by_label("Phone number").fill(editor["phone"])
            await page.get_by_role("button", name="Have a code sent").click()
            await page.get_by_label("Code", exact=True).fill(editor["code"])
            await page.get_by_role("button", name="Go on").click()
            await expect(page.get_by_role("row", name="editor")).to_contain_text("active", timeout=SOON_MS)
            await visitor.picture("console-accounts")
            await make_config(visitor)
            await visitor.log_out()

            await visitor.log_in("viewer")
            await visitor.open("/configs/1")
            await expect(page.get_by_role("button", name=re.compile("Run|Pause|Resume|Remove"))).to_have_count(0)
            await visitor.open("/configs/new")
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Forbidden")
            visitor.complaints[:] = [text for text in visitor.complaints if "403" not in text]
        assert visitor.complaints == []
    assert editor["phone"][1:] not in servers.log("web")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_is_accessible(embedded: Installation, tmp_path: Path, language: str) -> None:
    """Axe finds nothing, light and wide, dark and narrow; no page is wider than the screen."""
    wrong: dict[str, list[str]] = {}
    with console_of(embedded) as url:
        async with open_browser(url, tmp_path) as visitor:
            await visitor.open("/login")
            wrong["login"] = await visitor.is_accessible()
            await visitor.log_in("admin")
            await make_config(visitor)
            if language == "zh":
                await visitor.page.locator("button[lang=zh]").click()
            for address in PAGES:
                for scheme, size in (("light", WIDE), ("dark", NARROW))[language == "zh" :]:
                    await visitor.page.set_viewport_size(size)
                    await visitor.open(address)
                    name = f"{language}{address.replace('/', '-')} {scheme}"
                    wrong[name] = await visitor.is_accessible(scheme)  # type: ignore[arg-type]
                    await visitor.picture(name.replace(" ", "-"))
    assert {name: found for name, found in wrong.items() if found} == {}


async def test_the_keyboard_is_enough(embedded: Installation, tmp_path: Path) -> None:
    """The first stop leads past the navigation; log-in, a search and a bulk action go without a pointer."""
    with console_of(embedded) as url:
        async with open_browser(url, tmp_path) as visitor:
            page = visitor.page
            await visitor.open("/login")
            await page.keyboard.type("admin")
            await page.keyboard.press("Tab")
            await page.keyboard.type(PASSWORD)
            await page.keyboard.press("Enter")
            await page.get_by_role("button", name="Log out").wait_for()
            await make_config(visitor)
            await visitor.open("/configs")
            await page.keyboard.press("Tab")
            await expect(page.locator(":focus")).to_have_text("Skip to the content")
            await page.get_by_label("Search").focus()
            await page.keyboard.type("digest")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/configs?search=digest*")
            await page.get_by_label("Config 1").focus()
            await page.keyboard.press("Space")
            await page.get_by_role("button", name="Resume").focus()
            async with deadline():
                await page.keyboard.press("Enter")
                await expect(page.locator("table .state")).to_have_text("active")
        assert visitor.complaints == []
