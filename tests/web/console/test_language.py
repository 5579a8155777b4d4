"""The languages of the console."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from httpx import AsyncClient

from tests.compose import ROOT
from tests.web.people import HTML, Browser
from tgforward.web.console.language import CATALOGUES, LANGUAGES

METHODS = [("templates/**.html", "jinja2"), ("console/**.py", "python")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
TRANSLATED = list(LANGUAGES)[1:]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    """Each text of templates and pages has its words in the catalogue, with the same gaps, and no word is left over."""
    found = extract_from_dir(ROOT / "tgforward/web", METHODS, OPTIONS, keywords={"_": None, "ngettext": (1, 2)})
    texts = {message if isinstance(message, str) else message[0] for _, _, message, *_ in found}
    with Path(CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    entries = {entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in catalogue if entry.id}
    assert texts - set(entries) == set()
    assert set(entries) - texts == set()
    assert [key for key, entry in entries.items() if not entry.string or entry.fuzzy] == []
    assert [error for entry in entries.values() for error in entry.check(catalogue)] == []


@pytest.mark.parametrize(
    ("accepted", "language"), [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("de-DE,en;q=0.7", "en"), ("xx", "en"), ("", "en")]
)
async def test_a_browser_gets_its_language(client: AsyncClient, accepted: str, language: str) -> None:
    """The first of its languages that there is, else English."""
    answer = await client.get("/login", headers={**HTML, "Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text


async def test_a_chosen_language_stays(browser: Browser) -> None:
    """It is kept in a cookie; one that there is not changes nothing."""
    answer = await browser.send("/language", language="zh", next="/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert '<html lang="zh">' in (await browser.open("/login")).text
    await browser.send("/language", language="xx")
    assert '<html lang="zh">' in (await browser.open("/login")).text
