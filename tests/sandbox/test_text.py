"""What the server does to text."""

import pytest
from telethon.tl import types

from tgforward.sandbox.refusals import Refusal, code_of
from tgforward.sandbox.world.text import accept_text

CASES = [
    ("plain", [], "plain", []),
    ("  ab  ", [(0, 6)], "ab", [(0, 2)]),
    ("  ab  ", [(2, 2)], "ab", [(0, 2)]),
    ("  ab  ", [(0, 2)], "ab", []),
    ("  ab  ", [(4, 2)], "ab", []),
    ("\n🙂 x\n", [(1, 2), (4, 1)], "🙂 x", [(0, 2), (3, 1)]),
    ("ab", [(1, 1), (0, 2), (0, 1)], "ab", [(0, 2), (0, 1), (1, 1)]),
    ("  ", [(0, 1)], "", []),
]


@pytest.mark.parametrize(("text", "entities", "kept", "moved"), CASES)
def test_edges_are_trimmed(text: str, entities: list[tuple[int, int]], kept: str, moved: list[tuple[int, int]]) -> None:
    """White space at the edges goes, entities move along, shrink and vanish with it, and come out in order."""
    given = [types.MessageEntityBold(*span) for span in entities]
    stored, result = accept_text(text, given, limit=10, too_long="MESSAGE_TOO_LONG")
    assert (stored, [(entity.offset, entity.length) for entity in result]) == (kept, moved)
    assert [(entity.offset, entity.length) for entity in given] == entities


@pytest.mark.parametrize("span", [(0, 3), (2, 1), (-1, 1), (0, 0), (1, -1)])
def test_entities_outside_of_the_text(span: tuple[int, int]) -> None:
    """Entities that are empty or leave the text are refused."""
    with pytest.raises(Refusal, match="ENTITY_BOUNDS_INVALID"):
        accept_text("ab", [types.MessageEntityBold(*span)], limit=10, too_long="MESSAGE_TOO_LONG")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("FLOOD_WAIT_5", 420),
        ("SLOWMODE_WAIT_30", 420),
        ("MSG_WAIT_FAILED", 400),
        ("AUTH_KEY_DUPLICATED", 406),
        ("RANDOM_ID_DUPLICATE", 500),
        ("CHANNEL_PRIVATE", 400),
    ],
)
def test_codes(name: str, code: int) -> None:
    """Each error carries the number that Telegram sends with it."""
    assert code_of(name) == code
