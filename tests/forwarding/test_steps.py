"""What each step of a rule set does to messages."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.forwarding.build import CONTEXT, album, bold, italic, message
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.rules import Dropped, Kept, Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.forwarding.skips import SkipReason
from tgforward.types import ChatId

PUBLISHED = "xx bb BOLD tail bb"
"""With two replacements a published forwarder makes `LD t` of it bold."""


def compiled(*steps: dict[str, Any]) -> Rules:
    return Rules.parse(ruleset=parse_ruleset({"steps": list(steps)}), zone=ZoneInfo("Europe/Berlin"))


def outcome(rules: Rules, *unit: SourceMessage) -> FormattedText | Dropped | None:
    """Of one message, in one piece."""
    match rules.apply(unit, CONTEXT):
        case Kept(((content,),)):
            return content
        case Kept():
            return None
        case dropped:
            return dropped


def by_rule(detail: str) -> Dropped:
    return Dropped(SkipReason.RULE, detail)


SENT = replace(message(1, "hi"), sender="Ann Lee", sender_id=42, sender_username="AnnLee")
FORWARDED = replace(message(1, "hi"), origin="Daily News", origin_id=-1005)
HIDDEN = replace(message(1, "hi"), origin="")
BIG = replace(message(1, "", media=MediaKind.VIDEO), size_bytes=20 << 20)
LINKED = message(1, "see here", Entity(4, 4, EntityKind.TEXT_LINK, "https://a.example"))
PREVIEWED = message(1, "hi", media=MediaKind.WEB_PAGE)


@pytest.mark.parametrize(
    ("condition", "source", "why"),
    [
        ({"words": ["nope", "Casino"]}, message(1, "big CASINO"), "words 'Casino'"),
        ({"words": "Casino", "case": True}, message(1, "big CASINO"), None),
        ({"words": "CASINO", "case": True}, message(1, "big CASINO"), "words 'CASINO'"),
        ({"words": "a.b"}, message(1, "axb"), None),
        ({"words": "a(b", "case": True}, message(1, "a(b"), "words 'a(b'"),
        ({"regex": r"win \d+"}, message(1, "WIN 100 now"), r"regex 'win \\d+'"),
        ({"regex": r"win \d+", "case": True}, message(1, "WIN 100 now"), None),
        ({"regex": r"(?-i)win"}, message(1, "WIN"), None),
        ({"regex": r"^\pL+$"}, message(1, "中文字"), r"regex '^\\pL+$'"),
        ({"words": "big", "regex": "casino"}, message(1, "big casino"), "words 'big' and regex 'casino'"),
        ({"words": "big", "regex": "casino"}, message(1, "big news"), None),
        ({"words": "half"}, message(1, "half \ud83d of it"), "words 'half'"),
        ({"regex": "f . o"}, message(1, "half \ud83d of it"), "regex 'f . o'"),
        ({"sender": 42}, SENT, "sender 42"),
        ({"sender": "@annlee"}, SENT, "sender @annlee"),
        ({"sender": ["ann lee"]}, SENT, "sender ann lee"),
        ({"sender": "42"}, SENT, "sender 42"),
        ({"sender": ["ann", "annlee", 43]}, SENT, None),
        ({"kind": "text"}, SENT, "kind text"),
        ({"kind": "text"}, PREVIEWED, "kind text"),
        ({"kind": "web_page"}, PREVIEWED, "kind web_page"),
        ({"kind": ["photo", "video"]}, BIG, "kind video"),
        ({"kind": "text"}, BIG, None),
        ({"size": {"min": "20 MB"}}, BIG, "size"),
        ({"size": {"min": "20.1 MB"}}, BIG, None),
        ({"size": {"max": "1 GB"}}, BIG, "size"),
        ({"size": {"max": 100}}, BIG, None),
        ({"size": {"max": 100}}, SENT, None),
        ({"has_link": True}, LINKED, "has_link"),
        ({"has_link": True}, SENT, None),
        ({"has_link": False}, SENT, "has_link false"),
        ({"forwarded": True}, FORWARDED, "forwarded"),
        ({"forwarded": True}, HIDDEN, "forwarded"),
        ({"forwarded": True}, SENT, None),
        ({"forwarded": False}, SENT, "forwarded false"),
        ({"forwarded": ["other", -1005]}, FORWARDED, "forwarded -1005"),
        ({"forwarded": "DAILY NEWS"}, FORWARDED, "forwarded DAILY NEWS"),
        ({"forwarded": ["other"]}, FORWARDED, None),
        ({"forwarded": ["None"]}, SENT, None),
        ({"forwarded": ["None", "nobody"]}, HIDDEN, None),
        ([{"kind": "photo"}, {"words": "hi"}], SENT, "words 'hi'"),
        ({"kind": "text", "words": "ho"}, SENT, None),
    ],
)
def test_conditions(condition: object, source: SourceMessage, why: str | None) -> None:
    """Skip drops what meets a condition and says which step and what held; allow drops everything else."""
    skipped = None if why is None else by_rule(f"step 2: skip {why}")
    refused = by_rule("step 1: allow does not hold") if why is None else None
    assert outcome(compiled({"remove_mentions": True}, {"skip": condition}), source) == skipped
    assert outcome(compiled({"allow": condition}), source) == refused


@pytest.mark.parametrize(
    ("step", "captions", "is_kept"),
    [
        ({"skip": {"words": "ad"}}, ["one", "an ad"], False),
        ({"skip": {"words": "ad", "regex": "one"}}, ["one", "an ad"], True),
        ({"allow": {"words": "ad"}}, ["one", "an ad"], True),
        ({"allow": {"words": "ad"}}, ["one", ""], False),
        ({"allow": {"words": "ad", "regex": "one"}}, ["one", "an ad"], False),
    ],
)
def test_one_member_is_enough_for_an_album(step: dict[str, Any], captions: list[str], is_kept: bool) -> None:
    """A condition holds for an album if all of it holds for one member."""
    assert isinstance(compiled(step).apply(album(1, captions), CONTEXT), Kept) is is_kept


@pytest.mark.parametrize(
    ("steps", "source", "expected"),
    [
        (
            [{"replace": {"words": {"xx": "longer"}}}, {"replace": {"words": {"bb": "y"}}}],
            message(1, PUBLISHED, bold(6, 4)),
            FormattedText("longer y BOLD tail y", (bold(9, 4),)),
        ),
        (
            [{"replace": {"regex": "x+", "with": "longer"}}, {"replace": {"regex": "b(b)", "with": "\\1"}}],
            message(1, PUBLISHED, bold(6, 4)),
            FormattedText("longer b BOLD tail b", (bold(9, 4),)),
        ),
        ([{"replace": {"words": {"BB": "y"}}}], message(1, "a bb", bold(0, 4)), FormattedText("a y", (bold(0, 3),))),
        ([{"replace": {"words": {"BB": "y"}, "case": True}}], message(1, "a bb"), None),
        ([{"replace": {"words": {"bb": "y"}}}], message(1, "abbc", bold(0, 2)), FormattedText("ayc", (bold(0, 1),))),
        (
            [{"replace": {"words": {"bb": "wxyz"}}}],
            message(1, "abbc", bold(1, 2), italic(2, 2)),
            FormattedText("awxyzc", (bold(1, 4), italic(5, 1))),
        ),
        ([{"replace": {"words": {"a": "b", "b": "a"}}}], message(1, "ab"), FormattedText("ba")),
        ([{"replace": {"words": {"foo": "1", "foobar": "2"}}}], message(1, "foobar foo"), FormattedText("2 1")),
        ([{"replace": {"words": {"a": "a"}}}], message(1, "a"), None),
        ([{"replace": {"words": {"ad": ""}}}], message(1, "ad"), Dropped(SkipReason.EMPTY)),
        (
            [{"replace": {"regex": r"(?P<who>\w+)@(\w+)", "with": r"\2 at \g<who>\n\\"}}],
            message(1, "me@home"),
            FormattedText("home at me\n\\"),
        ),
        ([{"replace": {"regex": "(a)|b", "with": "[\\1]"}}], message(1, "ab"), FormattedText("[a][]")),
        ([{"replace": {"regex": "x*", "with": "-"}}], message(1, "ab"), FormattedText("-a-b-")),
        (
            [{"replace": {"regex": "^", "with": "> "}}],
            message(1, "\U0001f600", bold(0, 2)),
            FormattedText("> \U0001f600", (bold(2, 2),)),
        ),
        (
            [{"replace": {"regex": "(?m)^", "with": "> "}}],
            message(1, "中\n\U0001f600", bold(0, 4)),
            FormattedText("> 中\n> \U0001f600", (bold(2, 6),)),
        ),
        (
            [{"remove_links": True}],
            message(
                1,
                "go https://a.example here @you",
                Entity(3, 17, EntityKind.URL),
                Entity(21, 4, EntityKind.TEXT_LINK, "https://b.example"),
                Entity(26, 4, EntityKind.MENTION),
            ),
            FormattedText("go  here @you", (Entity(9, 4, EntityKind.MENTION),)),
        ),
        (
            [{"remove_mentions": True}],
            message(
                1, "by @you and Ann", Entity(3, 4, EntityKind.MENTION), Entity(12, 3, EntityKind.MENTION_NAME, "7")
            ),
            FormattedText("by  and Ann"),
        ),
        ([{"remove_links": True}, {"remove_mentions": True}], message(1, "https://is.text"), None),
        (
            [{"remove_links": True}],
            message(1, "https://a.example", Entity(0, 17, EntityKind.URL)),
            Dropped(SkipReason.EMPTY),
        ),
        (
            [{"replace": {"words": {"a": "b"}}}, {"skip": {"words": "b"}}],
            message(1, "a"),
            by_rule("step 2: skip words 'b'"),
        ),
        ([{"replace": {"words": {"a": "b"}}}, {"skip": {"words": "a"}}], message(1, "a"), FormattedText("b")),
        ([{"remove_links": True}, {"skip": {"has_link": True}}], LINKED, FormattedText("see here")),
        ([{"replace": {"words": {"hi": "ho"}}}], message(1, "hi", media=MediaKind.POLL), None),
    ],
)
def test_changing_steps(
    steps: list[dict[str, Any]], source: SourceMessage, expected: FormattedText | Dropped | None
) -> None:
    """Each step sees what those before it have left, and formatting stays where it was."""
    assert outcome(compiled(*steps), source) == expected


def test_steps_that_multiply_a_text_come_to_an_end() -> None:
    """Replacements stop where a text is longer than could ever be sent."""
    grow = {"replace": {"regex": ".", "with": "x" * 1000}}
    match compiled(*[grow] * 5).apply([message(1, "x" * 4000)], CONTEXT):
        case Kept(((*_, last),)):
            assert last.text.endswith("\u2026")
        case other:
            pytest.fail(f"{other}")


HEADER = {"header": {"text": "<b>${source_title}</b>", "format": "html"}}
FOOTER = {"footer": "-- ${sender}"}


def test_lines_stand_around_the_text_that_is_shown() -> None:
    """Headers and footers stand in the order of their steps, other steps do not see them, add_text is the last line."""
    ruleset = parse_ruleset({"steps": [FOOTER, HEADER, {"header": "two"}, {"skip": {"words": "News"}}]})
    rules = Rules.parse(add_text="end", ruleset=ruleset)
    expected = FormattedText("News\ntwo\nhi\n-- Ann\nend", (bold(0, 4), italic(9, 2)))
    assert outcome(rules, message(1, "hi", italic(0, 2))) == expected


def test_lines_of_an_album_stand_around_its_caption() -> None:
    """The first member with a caption has them."""
    result = compiled(HEADER).apply(album(1, ["", "two", "three"]), CONTEXT)
    assert result == Kept((None, (FormattedText("News\ntwo", (bold(0, 4),)),), None))


@pytest.mark.parametrize(
    ("window", "hour_in_utc", "is_kept"),
    [
        ({"from": "08:00", "to": "22:00"}, 7, True),
        ({"from": "08:00", "to": "22:00"}, 6, False),
        ({"from": "22:00", "to": "08:00"}, 6, True),
        ({"from": "22:00", "to": "08:00"}, 7, False),
    ],
)
def test_outside_of_the_hours(window: dict[str, str], hour_in_utc: int, is_kept: bool) -> None:
    """With `skip` the message's date in the config's zone decides; with `wait` nothing is dropped."""
    source = replace(message(1, "hi"), date=datetime(2026, 1, 5, hour_in_utc, 30, tzinfo=UTC))
    skipping = compiled({"remove_links": True}, {"hours": {**window, "outside": "skip"}})
    detail = f"step 2: outside of {window['from']}-{window['to']}"
    assert outcome(skipping, source) == (None if is_kept else Dropped(SkipReason.HOURS, detail))
    assert skipping.hours is None
    waiting = compiled({"hours": window})
    assert outcome(waiting, source) is None
    assert waiting.hours is not None
    assert (waiting.hours.opens_at(source.date) is None) is is_kept


def test_duplicates_are_known_by_step() -> None:
    """The plan asks the rules for how many days, and which step says so."""
    rules = compiled({"remove_links": True}, {"duplicates": {"days": 3}})
    assert (rules.duplicate_days, rules.duplicate_step) == (3, 2)
    assert (compiled().duplicate_days, compiled().duplicate_step) == (None, None)


@pytest.mark.parametrize(
    ("steps", "are_empty"),
    [
        ([], True),
        ([{"duplicates": {}}], True),
        ([{"hours": {"from": "08:00", "to": "09:00"}}], True),
        ([FOOTER], False),
    ],
)
def test_rules_that_change_nothing_are_empty(steps: list[dict[str, Any]], are_empty: bool) -> None:
    """What only decides when messages go, or looks at other messages, changes and drops none by itself."""
    assert compiled(*steps).are_empty is are_empty


def test_a_sender_may_be_a_chat() -> None:
    """A channel is named by its marked id."""
    source = replace(message(1, "hi"), sender_id=ChatId(-1001))
    assert outcome(compiled({"skip": {"sender": -1001}}), source) == by_rule("step 1: skip sender -1001")
