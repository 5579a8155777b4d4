from dataclasses import replace

import pytest

from tests.forwarding.build import CONTEXT, album, bold, message
from tgforward.errors import InvalidInput
from tgforward.forwarding.message import Entity, FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.rules import Dropped, Kept, Rules, TextLimits
from tgforward.forwarding.ruleset import RuleSet, parse_ruleset
from tgforward.forwarding.skips import SkipReason

REMOVE = Rules.parse(remove_word="bb, xx")
CUT = Rules.parse(cut_word="---,join us")
SKIP = Rules.parse(skip_word="ad, casino")
ADD = Rules.parse(add_text="via ${source_title}")
ALL = Rules.parse(skip_word="ad", remove_word="x, yy", cut_word="cut", add_text="end")


def kept(*texts: FormattedText | None) -> Kept:
    """Every text in one piece."""
    return Kept(tuple(None if text is None else (text,) for text in texts))


def pieces(*texts: str) -> Kept:
    """One message in several pieces without formatting."""
    return Kept((tuple(map(FormattedText, texts)),))


def dropped_above(limit: int) -> Dropped:
    return Dropped(SkipReason.TOO_LONG, f"more than {limit} characters")


def bold_text(text: str, offset: int, length: int) -> FormattedText:
    return FormattedText(text, (bold(offset, length),))


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
    assert result == (expected if isinstance(expected, Dropped) else kept(expected))


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
    assert result == (expected if isinstance(expected, Dropped) else kept(expected))


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
    assert result == (expected if isinstance(expected, Dropped) else kept(*expected))


LIMITS = TextLimits(text=10, caption=5)
TRIM = parse_ruleset({"send": {"too_long": "trim"}})
LEAVE_OUT = parse_ruleset({"send": {"too_long": "skip"}})
LINES = parse_ruleset({"steps": [{"header": "H1"}, {"header": "H2"}, {"footer": "F1"}, {"footer": "F2"}]})


def framed(text: str) -> Rules:
    return Rules.parse(add_text=text)


@pytest.mark.parametrize(
    ("rules", "source", "expected"),
    [
        (framed("end"), message(1, "sixsix"), kept(FormattedText("sixsix\nend"))),
        (framed("end"), message(1, "seven77"), Kept((None,))),
        (framed("end"), message(1, "\U0001f600\U0001f600six"), Kept((None,))),
        (framed("end"), message(1, "ab", media=MediaKind.PHOTO), Kept((None,))),
        (framed("end"), message(1, "sixsix", media=MediaKind.WEB_PAGE), kept(FormattedText("sixsix\nend"))),
        (REMOVE, message(1, "an original may be longer"), Kept((None,))),
        (REMOVE, message(1, "0123456789bb"), kept(FormattedText("0123456789"))),
        (ALL, message(1, "x 0123456789"), kept(FormattedText("0123456789"))),
        (Rules.parse(ruleset=LINES), message(1, "a"), kept(FormattedText("H1\nH2\na\nF1"))),
        (Rules.parse(ruleset=LINES), message(1, "abcd"), kept(FormattedText("H1\nH2\nabcd"))),
        (Rules.parse(ruleset=LINES), message(1, "abcdefg"), kept(FormattedText("H1\nabcdefg"))),
        (Rules.parse(ruleset=LINES), message(1, "abcdefgh"), Kept((None,))),
    ],
)
def test_lines_that_do_not_fit_are_left_out(rules: Rules, source: SourceMessage, expected: Kept) -> None:
    """The last line goes first; an original that is longer than the limit goes on as it is."""
    assert rules.apply([source], CONTEXT, LIMITS) == expected


@pytest.mark.parametrize(
    ("ruleset", "source", "expected"),
    [
        (
            RuleSet(),
            message(1, "0123456789!bb", bold(9, 2)),
            Kept(((bold_text("0123456789", 9, 1), bold_text("!", 0, 1)),)),
        ),
        (RuleSet(), message(1, "bbone two three"), pieces("one two", "three")),
        (RuleSet(), message(1, "bbone\ntwo three"), pieces("one\ntwo", "three")),
        (RuleSet(), message(1, "bbaaaaaa\nb c d e"), pieces("aaaaaa", "b c d e")),
        (RuleSet(), message(1, "bbaaaaaa\n\nb\nc d"), pieces("aaaaaa", "b\nc d")),
        (RuleSet(), message(1, "bba aaaaaaaaaa"), pieces("a aaaaaaaa", "aa")),
        (RuleSet(), message(1, "bb" + 6 * "\U0001f600"), pieces(5 * "\U0001f600", "\U0001f600")),
        (RuleSet(), message(1, "bba" + 5 * "\U0001f600"), pieces("a" + 4 * "\U0001f600", "\U0001f600")),
        (RuleSet(), message(1, "012345bb 789", media=MediaKind.VIDEO), pieces("01234", "5 789")),
        (RuleSet(), message(1, "bb" + 101 * "a"), pieces(*(9 * ["a" * 10]), "a" * 9 + "…")),
        (TRIM, message(1, "bbone two three"), pieces("one two…")),
        (TRIM, message(1, "bb0123456789!", bold(2, 11)), Kept(((bold_text("012345678…", 0, 9),),))),
        (TRIM, message(1, "012345bb", media=MediaKind.VIDEO), pieces("0123…")),
        (LEAVE_OUT, message(1, "0123456789!bb"), dropped_above(10)),
        (LEAVE_OUT, message(1, "012345bb", media=MediaKind.VIDEO), dropped_above(5)),
        (LEAVE_OUT, message(1, "an original may be longer"), Kept((None,))),
    ],
)
def test_a_changed_text_that_is_too_long(ruleset: RuleSet, source: SourceMessage, expected: Kept | Dropped) -> None:
    """It goes on in replies from a border on, is cut with an ellipsis, or is skipped, as the config says."""
    rules = Rules.parse(remove_word="bb", ruleset=ruleset)
    assert rules.apply([source], CONTEXT, LIMITS) == expected


def test_where_not_even_one_character_fits_the_message_is_dropped() -> None:
    """No limit leads to an error or to a loop without end."""
    result = REMOVE.apply([message(1, "bb\U0001f600\U0001f600")], CONTEXT, TextLimits(text=1))
    assert result == dropped_above(1)


@pytest.mark.parametrize("add_text", [None, "", " \n", "${sender}"])
def test_an_added_line_that_is_empty_changes_nothing(add_text: str | None) -> None:
    """No blank line is added."""
    unnamed = replace(message(1, "hello"), sender="")
    assert Rules.parse(add_text=add_text).apply([unnamed], CONTEXT) == Kept((None,))


def test_the_template_is_filled_in_for_each_message() -> None:
    """Each message gets its own link, date and sender."""
    rules = Rules.parse(add_text="${message_link} ${date} ${sender}")
    result = rules.apply([message(7, "hi")], CONTEXT)
    assert result == kept(FormattedText("hi\nhttps://t.me/c/1234567890/7 2026-11-23 Ann"))


def test_an_unknown_name_is_an_error_when_the_rules_are_parsed() -> None:
    """A config with a wrong template is refused."""
    with pytest.raises(InvalidInput, match=r"add_text uses \$\{x\}"):
        Rules.parse(add_text="${x}")
