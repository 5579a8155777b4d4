"""Lines that other forwarders put around a text, in Telethon's Markdown, as headers and footers of ours."""

import re
from html import escape
from typing import Any

_TAGS = {"**": "b", "__": "i", "~~": "s", "`": "code"}
_MARK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__|~~|`)(.+?)\3", re.DOTALL)


def literal(text: str) -> str:
    """Text that our templates take as it is."""
    return text.replace("${", "$${")


def line(text: str) -> str | dict[str, Any]:
    """The content of a header or footer; `text` is a template of ours already."""
    if not _MARK.search(text):
        return text.strip()
    return {"text": _html(text.strip()), "format": "html"}


def _html(text: str) -> str:
    pieces, position = [], 0
    for found in _MARK.finditer(text):
        pieces.append(escape(text[position : found.start()], quote=False))
        if found[1]:
            pieces.append(f'<a href="{escape(found[2])}">{_html(found[1])}</a>')
        else:
            tag = _TAGS[found[3]]
            pieces.append(f"<{tag}>{_html(found[4])}</{tag}>")
        position = found.end()
    return "".join([*pieces, escape(text[position:], quote=False)])
