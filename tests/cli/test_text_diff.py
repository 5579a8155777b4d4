"""What changed in a text is shown word by word, with its formatting."""

import pytest
from rich.text import Text

from tgforward.cli.text_diff import diff, styled
from tgforward.forwarding.message import Entity, EntityKind, FormattedText

BOLD, LINK = EntityKind.BOLD, EntityKind.TEXT_LINK


def plain(text: str) -> FormattedText:
    return FormattedText(text)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (plain("one two"), plain("one two"), "one two"),
        (plain("one two three"), plain("one three"), "one [-two -]three"),
        (plain("a"), plain("a\nfrom b"), "a{+\nfrom b+}"),
        (plain("big cat"), plain("big dog"), "big [-cat-]{+dog+}"),
        (plain(""), plain("x"), "{+x+}"),
        (plain("x"), plain(""), "[-x-]"),
        (FormattedText("see here", (Entity(4, 4, LINK, "u"),)), plain("see here"), "see [-here-]{+here+}"),
        (plain("🙂 x 🙂"), plain("🙂 y 🙂"), "🙂 [-x-]{+y+} 🙂"),
    ],
)
def test_without_colours_marks_show_the_change(before: FormattedText, after: FormattedText, shown: str) -> None:
    """A pipe gets `[-gone-]` and `{+new+}`; a link that lost its target is a change too."""
    assert diff(before, after, is_coloured=False).plain == shown


def test_with_colours_nothing_is_added_to_the_text() -> None:
    """Red is gone, green is new, and bold stays bold behind an emoji."""
    before = FormattedText("🙂 old bold", (Entity(7, 4, BOLD),))
    after = FormattedText("🙂 new bold", (Entity(7, 4, BOLD),))
    shown = diff(before, after, is_coloured=True)
    assert shown.plain == "🙂 oldnew bold"
    assert styles(shown) == {("old", "red strike"), ("new", "green"), ("bold", "bold")}


def test_what_a_terminal_would_obey_is_not_passed_on() -> None:
    """Control characters of a message become harmless ones, and formatting behind them stays in place."""
    shown = styled(FormattedText("\x1b[2J\x07 b\n", (Entity(6, 1, BOLD),)))
    assert shown.plain == "�[2J� b\n"
    assert styles(shown) == {("b", "bold")}


def styles(text: Text) -> set[tuple[str, str]]:
    return {(text.plain[span.start : span.end], str(span.style)) for span in text.spans}
