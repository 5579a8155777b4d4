"""Previews of the web pages that a text links to."""

import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from telethon.tl import types

from tgforward.sandbox.tl import Tl

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]", re.IGNORECASE)


def find_page(text: str, entities: Sequence[Tl]) -> Tl | None:
    """The preview that Telegram attaches to a text: of its first link, written out or behind words."""
    written = LINK.search(text)
    hidden = next((entity for entity in entities if isinstance(entity, types.MessageEntityTextUrl)), None)
    if written is None:
        return None if hidden is None else page_of(hidden.url)
    before = len(text[: written.start()].encode("utf-16-le")) // 2
    return page_of(hidden.url if hidden is not None and hidden.offset < before else written[0])


def page_of(url: str, **shown: bool | None) -> Tl:
    """The preview of a page; the same address always gives the same one."""
    number = int.from_bytes(sha256(url.encode()).digest()[:7], "big")
    host = urlsplit(url).netloc
    page = types.WebPage(
        number, url, url.partition("://")[2], 0, type="article", site_name=host, title=f"A page of {host}"
    )
    return types.MessageMediaWebPage(page, **shown)
