from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.build import CHAT, CONTEXT, album, message
from tests.forwarding.strategies import limits, rules, sources
from tgforward.forwarding.albums import group_albums
from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.identity import random_id
from tgforward.forwarding.message import FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.plan import ForwardBatch, Plan, SendAlbum, SendOne, Step, make_plan
from tgforward.forwarding.rules import DEFAULT_LIMITS, Rules, TextLimits
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.types import ConfigId, MessageId

NONE = Rules.parse()
REMOVE = Rules.parse(remove_word="bb", skip_word="ad")
ADD = Rules.parse(add_text="end")


def plan(
    messages: Sequence[SourceMessage],
    rules: Rules = NONE,
    *,
    limits: TextLimits = DEFAULT_LIMITS,
    protected: bool = False,
    sent: Sequence[int] = (),
) -> Plan:
    return make_plan(
        messages,
        rules,
        config_id=ConfigId(1),
        epoch=0,
        context=CONTEXT,
        limits=limits,
        chat_is_protected=protected,
        already_sent=frozenset(map(MessageId, sent)),
    )


def shape(step: Step) -> tuple[str, list[int]]:
    return type(step).__name__, [delivery.message.id for delivery in step.deliveries]


@pytest.mark.parametrize(
    ("messages", "rules", "expected"),
    [
        ([], NONE, []),
        ([message(1, "a"), message(3, "b")], NONE, [("ForwardBatch", [1, 3])]),
        (
            [message(1, "a"), message(2, "bb b"), message(3, "c")],
            REMOVE,
            [("ForwardBatch", [1]), ("SendOne", [2]), ("ForwardBatch", [3])],
        ),
        ([message(1, "a"), message(2, "ad"), message(3, "c")], REMOVE, [("ForwardBatch", [1, 3])]),
        ([message(1, is_service=True), *album(2, ["", "x"])], NONE, [("ForwardBatch", [2, 3])]),
        ([message(1, "a"), *album(2, ["bb", "x", ""])], REMOVE, [("ForwardBatch", [1]), ("SendAlbum", [2, 3, 4])]),
        ([message(1, "", media=MediaKind.STICKER), message(2, "a")], ADD, [("ForwardBatch", [1]), ("SendOne", [2])]),
        (album(1, ["bb"]), REMOVE, [("SendOne", [1])]),
        (album(1, ["bb"] + [""] * 11), REMOVE, [("SendAlbum", list(range(1, 11))), ("SendAlbum", [11, 12])]),
        (
            [*album(1, ["bb x", ""]), message(3, "", media=MediaKind.STICKER, album=7)],
            REMOVE,
            [("SendOne", [1]), ("ForwardBatch", [2, 3])],
        ),
    ],
)
def test_steps(messages: list[SourceMessage], rules: Rules, expected: list[tuple[str, list[int]]]) -> None:
    """What is unchanged is forwarded together, what changed is sent anew, albums as a whole, all in source order."""
    assert [shape(step) for step in plan(messages, rules).steps] == expected


def test_a_batch_holds_at_most_100_and_cuts_no_album() -> None:
    """An album that does not fit any more begins the next batch."""
    messages = [message(number, "a") for number in range(1, 96)]
    messages += album(96, [""] * 6)
    messages += [message(number, "a") for number in range(102, 300)]
    batches = [shape(step)[1] for step in plan(messages).steps]
    assert [(batch[0], batch[-1]) for batch in batches] == [(1, 95), (96, 195), (196, 295), (296, 299)]


@pytest.mark.parametrize(
    ("source", "protected", "expected"),
    [
        (message(1, is_service=True), False, [Skipped(MessageId(1), SkipReason.SERVICE)]),
        (message(1, "a", is_protected=True), False, [Skipped(MessageId(1), SkipReason.PROTECTED)]),
        (message(1, "a"), True, [Skipped(MessageId(1), SkipReason.PROTECTED)]),
        (message(1, is_service=True), True, [Skipped(MessageId(1), SkipReason.SERVICE)]),
        (message(1, "an ad"), False, [Skipped(MessageId(1), SkipReason.SKIP_WORD, "ad")]),
        (message(1, "bb"), False, [Skipped(MessageId(1), SkipReason.EMPTY)]),
    ],
)
def test_skipped(source: SourceMessage, protected: bool, expected: list[Skipped]) -> None:
    """What is left out carries its reason and still counts as seen."""
    result = plan([source], REMOVE, protected=protected)
    assert (result.steps, list(result.skipped), result.seen) == ((), expected, 1)


def test_every_member_of_a_skipped_album_is_listed() -> None:
    """One protected or skipped member takes its album along."""
    protected = [album(1, ["", ""])[0], replace(album(1, ["", ""])[1], is_protected=True)]
    assert [item.message_id for item in plan(protected).skipped] == [1, 2]
    assert [item.message_id for item in plan(album(1, ["ad", "x"]), REMOVE).skipped] == [1, 2]


def test_the_cursor_moves_with_every_step() -> None:
    """Before and after each step it stands at the last message that is settled, skipped ones included."""
    messages = [
        message(2, "ad"),
        message(4, "a"),
        message(6, "ad"),
        message(8, "b"),
        message(10, "ad"),
        message(12, "bb c"),
        message(14, "ad"),
        *album(16, ["bb", "d"]),
        message(20, "ad"),
    ]
    result = plan(messages, REMOVE)
    assert [shape(step)[1] for step in result.steps] == [[4, 8], [12], [16, 17]]
    assert [result.cursor_before(step) for step in range(3)] == [2, 10, 14]
    assert [result.cursor_after(step) for step in range(3)] == [10, 14, 20]


def test_the_cursor_stays_while_nothing_is_settled() -> None:
    """Before a first step with nothing in front of it there is no new cursor; without messages neither."""
    assert plan([message(5, "a")]).cursor_before(0) is None
    assert plan([]).cursor_before(0) is None
    assert plan([]).seen is None


def test_the_cursor_never_stands_inside_an_album() -> None:
    """An album that takes two steps is settled by the second."""
    result = plan([message(1, "a"), *album(2, ["bb"] + [""] * 11), message(20, "a")], REMOVE)
    assert [shape(step)[0] for step in result.steps] == ["ForwardBatch", "SendAlbum", "SendAlbum", "ForwardBatch"]
    assert [result.cursor_after(step) for step in range(4)] == [1, 1, 13, 20]


@pytest.mark.parametrize(
    ("sent", "expected", "before", "after"),
    [
        ((), [[1, 2], [3, 4, 5], [6]], None, [2, 5, 6]),
        ((1,), [[2], [3, 4, 5], [6]], 1, [2, 5, 6]),
        ((2,), [[1], [3, 4, 5], [6]], None, [2, 5, 6]),
        ((1, 2, 3, 4), [[5, 6]], 2, [6]),
        ((1, 2, 3, 4, 5, 6), [], 6, []),
    ],
)
def test_what_was_sent_is_not_sent_again(
    sent: Sequence[int], expected: list[list[int]], before: int | None, after: list[int]
) -> None:
    """It is left out of the steps and counts as settled; the rest of its album keeps the text it would have had."""
    messages = [message(1, "a"), message(2, "b"), *album(3, ["bb x", "", ""]), message(6, "c")]
    result = plan(messages, REMOVE, sent=sent)
    assert [shape(step)[1] for step in result.steps] == expected
    assert result.cursor_before(0) == before
    assert [result.cursor_after(step) for step in range(len(result.steps))] == after
    assert result.seen == 6


def test_deliveries_carry_their_random_id_and_text() -> None:
    """The identity is that of config, epoch, chat and message; only what changed carries a text."""
    first, second = plan([message(1, "a"), message(2, "bb b")], REMOVE).deliveries
    assert (first.random_id, first.content) == (random_id(ConfigId(1), 0, CHAT, MessageId(1)), None)
    assert (second.random_id, second.content) == (random_id(ConfigId(1), 0, CHAT, MessageId(2)), FormattedText("b"))


any_plan = given(sources(), rules, limits, st.sets(st.integers(1, 100)))


@any_plan
def test_every_message_has_exactly_one_fate(
    messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]
) -> None:
    """Each message is sent now, was sent, or is skipped; sends are in source order; the plan is the same each time."""
    result = plan(messages, rules, limits=limits, sent=tuple(sent))
    planned = [delivery.message.id for delivery in result.deliveries]
    skipped = [item.message_id for item in result.skipped]
    assert planned == sorted(planned)
    assert skipped == sorted(skipped)
    assert sorted(planned + skipped) == [item.id for item in messages if item.id not in sent]
    assert result == plan(messages, rules, limits=limits, sent=tuple(sent))


@any_plan
def test_no_album_is_cut(messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]) -> None:
    """All members of an album go in one step or are skipped together."""
    result = plan(messages, rules, limits=limits)
    fates = {delivery.message.id: f"step {n}" for n, step in enumerate(result.steps) for delivery in step.deliveries}
    fates |= {item.message_id: f"{item.reason}" for item in result.skipped}
    for unit in group_albums(messages):
        assert len({fates[member.id] for member in unit}) == 1


@any_plan
def test_steps_are_what_telegram_takes(
    messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]
) -> None:
    """Batches are unchanged and at most 100, albums 2 to 10, texts within limits and trimmed, no message is empty."""
    for step in plan(messages, rules, limits=limits, sent=tuple(sent)).steps:
        match step:
            case ForwardBatch(deliveries):
                assert 1 <= len(deliveries) <= 100
                assert all(delivery.content is None for delivery in deliveries)
            case SendAlbum(deliveries):
                assert 2 <= len(deliveries) <= 10
            case SendOne(delivery):
                assert delivery.content is not None
                assert delivery.content.text or delivery.message.media is MediaKind.PHOTO or delivery.message.grouped_id
        for delivery in step.deliveries:
            if delivery.content is not None:
                assert utf16_length(delivery.content.text) <= limits.of(delivery.message)
                assert delivery.content.text == delivery.content.text.strip()
                assert all(0 <= entity.offset < entity.end for entity in delivery.content.entities)
                assert all(entity.end <= utf16_length(delivery.content.text) for entity in delivery.content.entities)


@any_plan
def test_the_cursor_only_rises_and_passes_nothing_unsent(
    messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]
) -> None:
    """After each step everything up to the cursor is done, and the cursor ends at the highest id."""
    result = plan(messages, rules, limits=limits, sent=tuple(sent))
    cursors = [result.cursor_before(step) or 0 for step in range(len(result.steps) + 1)]
    assert cursors == sorted(cursors)
    assert result.cursor_before(len(result.steps)) == result.seen == max((item.id for item in messages), default=None)
    for number in range(len(result.steps)):
        later = [delivery.message.id for step in result.steps[number:] for delivery in step.deliveries]
        assert all(id_ > cursors[number] for id_ in later)
