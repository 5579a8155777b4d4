"""How a person sees what would become of a message."""

from datetime import UTC, datetime

import pytest

from tgforward.cli.preview import show_message
from tgforward.services.preview import Outcome, PreviewedMessage, PreviewedText


def message(
    outcome: Outcome, before: str, *after: str, reason: str | None = None, detail: str = ""
) -> PreviewedMessage:
    texts = tuple(PreviewedText(text, ()) for text in after)
    date = datetime(2025, 3, 1, 12, tzinfo=UTC)
    return PreviewedMessage(
        7, "https://t.me/a/7", date, "photo", outcome, reason, detail, PreviewedText(before, ()), texts
    )


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (message("forwarded", "as it is"), ["forwarded", "    as it is"]),
        (message("forwarded", ""), ["forwarded"]),
        (message("forwarded", "first\nsecond"), ["forwarded", "    first …"]),
        (
            message("skipped", "an advert", reason="rule", detail="step 3: skip words 'advert'"),
            ["skipped: rule: step 3: skip words 'advert'", "    an advert"],
        ),
        (message("skipped", "x"), ["skipped", "    x"]),
        (message("changed", "old\nb", "new\nb"), ["changed", "    [-old-]{+new+}", "    b"]),
        (message("changed", "a b", "a", "b"), ["changed, in 2 messages", "    a[- -]{+", "    +}b"]),
    ],
)
def test_a_message_is_shown_with_its_fate(item: PreviewedMessage, lines: list[str]) -> None:
    """The first line says what becomes of it and why, the next ones what it says."""
    shown = show_message(item, is_coloured=False).plain
    head, *rest = shown.split("\n")
    assert head.startswith("https://t.me/a/7  2025-03-01 ")
    assert head.endswith(f"  photo  {lines[0]}")
    assert rest == lines[1:]


def test_a_long_message_that_goes_as_it_is_is_cut() -> None:
    """Nobody needs all of it to recognise it."""
    assert len(show_message(message("forwarded", "x" * 4000), is_coloured=True).plain) < 200
