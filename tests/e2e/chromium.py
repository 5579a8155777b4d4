"""A real browser in front of the console: pages, what axe finds wrong with them, and pictures."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, ViewportSize, async_playwright

from tests.fixtures.needs import unavailable
from tests.web.people import PASSWORD

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
TIMEOUT_MS = 30_000
Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser, and what the pages did wrong while they looked."""

    page: Page
    url: str
    pictures: Path
    complaints: list[str]
    """What scripts and the content security policy complained of, and addresses elsewhere that were asked for."""

    async def open(self, address: str) -> None:
        """A page of the console."""
        await self.page.goto(self.url + address)

    async def log_in(self, name: str) -> None:
        """By the form."""
        await self.open("/login")
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Log in").click()
        await self.page.get_by_role("button", name="Log out").wait_for()

    async def log_out(self) -> None:
        """By the button."""
        await self.page.get_by_role("button", name="Log out").click()
        await self.page.get_by_role("button", name="Log in").wait_for()

    async def picture(self, name: str) -> None:
        """Keep what is shown, the whole page."""
        await self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    async def is_accessible(self, scheme: Scheme = "light") -> list[str]:
        """What axe finds wrong with the page as it stands, and whether it is wider than the screen."""
        await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = (await AXE.run(self.page, options=RULES)).response["violations"]
        wrong = [f"{item['id']}: {node['target']} {node['failureSummary']}" for item in found for node in item["nodes"]]
        if await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append("the page is wider than the screen")
        return wrong


@asynccontextmanager
async def open_browser(url: str, pictures: Path) -> AsyncIterator[Visitor]:
    """Debian's Chromium, without a window; pictures go to `TGFORWARD_TEST_PICTURES`, else beside the test's data."""
    program = shutil.which("chromium")
    if program is None:
        unavailable("chromium", "there is no command chromium: apt-get install chromium")
    place = Path(os.environ.get("TGFORWARD_TEST_PICTURES", pictures))
    place.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs
    async with async_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage"]  # root in a container has neither
        browser = await playwright.chromium.launch(executable_path=program, args=options)
        page = await browser.new_page(viewport=WIDE, locale="en-GB")
        page.set_default_timeout(TIMEOUT_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(url) else complaints.append(sent.url))
        try:
            yield Visitor(page, url, place, complaints)
        finally:
            await browser.close()
