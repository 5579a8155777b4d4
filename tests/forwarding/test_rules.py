from dataclasses import replace

import pytest

from tests.forwarding.build import CONTEXT, album, bold, message
from tgforward.errors import InvalidInput
from tgforward.forwarding.message import Entity, FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.rules import Dropped, Kept, Rules, TextLimits
from tgforward.forwarding.skips import SkipReason

REMOVE = Rules.parse(remove_word="bb, xx")
CUT = Rules.parse(cut_word="---,join us")
SKIP = Rules.parse(skip_word="ad, casino")
ADD = Rules.parse(add_text="via ${source_title}")
ALL = Rules.parse(skip_word="ad", remove_word="x, yy", cut_word="cut", add_text="end")


@pytest.mark.parametrize(
    ("rules", "text", "entities", "expected"),
    [
        (REMOVE, "nothing here", (), None),
        (REMOVE, "a BB b xX c", (), FormattedText("a  b  c")),
        (REMOVE, "xx bb BOLD tail bb", (bold(6, 4),), FormattedText("BOLD tail", (bold(0, 4),))),
        (REMOVE, "\U0001f600bb\U0001f600", (bold(4, 2),), FormattedText("\U0001f600\U0001f600", (bold(2, 2),))),
        (REMOVE, "bxxb", (), FormattedText("bb")),
        (CUT, "news --- advert --- more", (), FormattedText("news")),
        (CUT, "news\nJOIN US --- now", (bold(5, 7),), FormattedText("news")),
        (SKIP, "good news", (), None),
        (ADD, "hello", (bold(0, 5),), FormattedText("hello\nvia News", (bold(0, 5),))),
        (ALL, "x one yy cut two", (), FormattedText("one\nend")),
        (ALL, "cxut two", (), Dropped(SkipReason.EMPTY)),
        (SKIP, "play at the CASINO", (), Dropped(SkipReason.SKIP_WORD, "casino")),
        (ALL, "axd", (), FormattedText("ad\nend")),
        (REMOVE, " bb xx ", (bold(0, 7),), Dropped(SkipReason.EMPTY)),
        (CUT, "---", (), Dropped(SkipReason.EMPTY)),
        (ALL, "x", (), Dropped(SkipReason.EMPTY)),
    ],
)
def test_rules_of_one_text(
    rules: Rules, text: str, entities: tuple[Entity, ...], expected: FormattedText | Dropped | None
) -> None:
    """Skip on the original, remove every occurrence, cut at the first word, add a last line."""
    result = rules.apply([message(1, text, *entities)], CONTEXT)
    assert result == (expected if isinstance(expected, Dropped) else Kept((expected,)))


@pytest.mark.parametrize(
    ("rules", "caption", "expected"),
    [
        (REMOVE, "bb", FormattedText("")),
        (CUT, "--- advert", FormattedText("")),
        (ADD, "", FormattedText("via News")),
        (ALL, "x", FormattedText("end")),
        (ADD, "hi", FormattedText("hi\nvia News")),
        (SKIP, "ad", Dropped(SkipReason.SKIP_WORD, "ad")),
    ],
)
def test_rules_of_a_caption(rules: Rules, caption: str, expected: FormattedText | Dropped) -> None:
    """Media whose caption becomes empty stays, without one."""
    result = rules.apply([message(1, caption, media=MediaKind.PHOTO)], CONTEXT)
    assert result == (expected if isinstance(expected, Dropped) else Kept((expected,)))


@pytest.mark.parametrize("media", [kind for kind in MediaKind if kind.is_forward_only])
def test_what_can_only_be_forwarded_is_never_edited(media: MediaKind) -> None:
    """A sticker, a poll and their like go as they are, or not at all."""
    assert ALL.apply([message(1, "x cut", media=media)], CONTEXT) == Kept((None,))
    assert SKIP.apply([message(1, "an ad", media=media)], CONTEXT) == Dropped(SkipReason.SKIP_WORD, "ad")


@pytest.mark.parametrize(
    ("rules", "captions", "expected"),
    [
        (SKIP, ["one", "an ad", ""], Dropped(SkipReason.SKIP_WORD, "ad")),
        (REMOVE, ["one", "bb two", ""], (None, FormattedText("two"), None)),
        (ADD, ["", "", ""], (FormattedText("via News"), None, None)),
        (ADD, ["", "two", "three"], (None, FormattedText("two\nvia News"), None)),
        (ALL, ["x", "two", ""], (FormattedText(""), FormattedText("two\nend"), None)),
        (ALL, ["x", "cut", ""], (FormattedText("end"), FormattedText(""), None)),
    ],
)
def test_rules_of_an_album(
    rules: Rules, captions: list[str], expected: tuple[FormattedText | None, ...] | Dropped
) -> None:
    """One member skips its album; the added line goes below the caption that is shown, else to the first member."""
    result = rules.apply(album(1, captions), CONTEXT)
    assert result == (expected if isinstance(expected, Dropped) else Kept(expected))


LIMITS = TextLimits(text=10, caption=5)


@pytest.mark.parametrize(
    ("rules", "source", "expected"),
    [
        (Rules.parse(add_text="end"), message(1, "sixsix"), Kept((FormattedText("sixsix\nend"),))),
        (Rules.parse(add_text="end"), message(1, "seven77"), Kept((None,))),
        (Rules.parse(add_text="end"), message(1, "\U0001f600\U0001f600six"), Kept((None,))),
        (Rules.parse(add_text="end"), message(1, "ab", media=MediaKind.PHOTO), Kept((None,))),
        (
            Rules.parse(add_text="end"),
            message(1, "sixsix", media=MediaKind.WEB_PAGE),
            Kept((FormattedText("sixsix\nend"),)),
        ),
        (REMOVE, message(1, "an original may be longer"), Kept((None,))),
        (REMOVE, message(1, "0123456789bb"), Kept((FormattedText("0123456789"),))),
        (REMOVE, message(1, "0123456789!bb"), Dropped(SkipReason.TOO_LONG, "more than 10 characters")),
        (REMOVE, message(1, "012345bb", media=MediaKind.VIDEO), Dropped(SkipReason.TOO_LONG, "more than 5 characters")),
        (ALL, message(1, "x 0123456789"), Kept((FormattedText("0123456789"),))),
    ],
)
def test_limits(rules: Rules, source: SourceMessage, expected: Kept | Dropped) -> None:
    """A line that does not fit is left out, a changed text that is too long is dropped, an original goes on."""
    assert rules.apply([source], CONTEXT, LIMITS) == expected


@pytest.mark.parametrize("add_text", [None, "", " \n", "${sender}"])
def test_an_added_line_that_is_empty_changes_nothing(add_text: str | None) -> None:
    """No blank line is added."""
    unnamed = replace(message(1, "hello"), sender="")
    assert Rules.parse(add_text=add_text).apply([unnamed], CONTEXT) == Kept((None,))


def test_the_template_is_filled_in_for_each_message() -> None:
    """Each message gets its own link, date and sender."""
    rules = Rules.parse(add_text="${message_link} ${date} ${sender}")
    result = rules.apply([message(7, "hi")], CONTEXT)
    assert result == Kept((FormattedText("hi\nhttps://t.me/c/1234567890/7 2026-11-23 Ann"),))


def test_an_unknown_name_is_an_error_when_the_rules_are_parsed() -> None:
    """A config with a wrong template is refused."""
    with pytest.raises(InvalidInput, match=r"add_text uses \$\{x\}"):
        Rules.parse(add_text="${x}")
