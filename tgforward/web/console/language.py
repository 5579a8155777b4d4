"""The languages of the console: which one a browser gets, and its words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request
from jinja2 import Environment

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""By code, each named in itself; the templates are written in the first."""
COOKIE = "tgforward_language"
CATALOGUES = Path(__file__).parents[1] / "locale"

_current: ContextVar[NullTranslations] = ContextVar("translations")


def language_of(request: Request) -> str:
    """What was chosen in the console, else the first one of the browser's that there is."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = [word.split(";")[0].strip() for word in request.headers.get("accept-language", "").split(",")]
    found = negotiate_locale([word.split("-")[0].lower() for word in wanted], list(LANGUAGES))
    return str(found) if found else next(iter(LANGUAGES))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, templates speak this language."""
    token = _current.set(translations(language))
    try:
        yield
    finally:
        _current.reset(token)


@cache
def translations(language: str) -> NullTranslations:
    """The words of a language; read from its catalogue once."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def gettext(text: str) -> str:
    """The text in the language of the moment, or as it is outside of a page."""
    return _current.get(NullTranslations()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The form that belongs to a number."""
    return _current.get(NullTranslations()).ngettext(one, many, number)


def teach(environment: Environment) -> None:
    """Give templates `_` and `trans`, in the language of the moment."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True
    )
