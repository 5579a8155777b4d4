"""Links to messages of a known chat."""

import pytest

from tgforward.errors import InvalidInput
from tgforward.forwarding.message_links import parse_message_link
from tgforward.types import ChatId

CHAT = ChatId(-1001234567890)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", 42),
        (" https://t.me/news/42 ", 42),
        ("t.me/NEWS/42", 42),
        ("https://t.me/c/1234567890/42", 42),
        ("https://t.me/c/1234567890/7/42", 42),
        ("https://t.me/news/7/42?single", 42),
    ],
)
def test_a_message_is_named(text: str, expected: int) -> None:
    """Its link, also inside a topic, or its number."""
    assert parse_message_link(text, CHAT, "news") == expected


@pytest.mark.parametrize("text", ["", "0", "https://t.me/news", "https://example.org/news/42", "https://t.me/news/0"])
def test_no_message_is_named(text: str) -> None:
    """One sentence says what to give."""
    with pytest.raises(InvalidInput, match="names no message"):
        parse_message_link(text, CHAT, "news")


@pytest.mark.parametrize("text", ["https://t.me/other/42", "https://t.me/c/99/42"])
def test_another_chat(text: str) -> None:
    """A message of another chat is not looked for in this one."""
    with pytest.raises(InvalidInput, match="another chat"):
        parse_message_link(text, CHAT, "news")
