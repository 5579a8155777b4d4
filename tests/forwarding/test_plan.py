from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.build import CHAT, CONTEXT, album, message
from tests.forwarding.strategies import limits, rules, sources
from tgforward.forwarding.albums import group_albums
from tgforward.forwarding.duplicates import content_hash
from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.identity import part_of, piece_of, random_id
from tgforward.forwarding.message import FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.plan import (
    NOTHING_KNOWN,
    ForwardBatch,
    Known,
    PinOne,
    Plan,
    SendAlbum,
    SendOne,
    Step,
    make_plan,
)
from tgforward.forwarding.rules import DEFAULT_LIMITS, Rules, TextLimits
from tgforward.forwarding.ruleset import SendOptions, parse_ruleset
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.types import ConfigId, MessageId

NONE = Rules.parse()
REMOVE = Rules.parse(remove_word="bb", skip_word="ad")
ADD = Rules.parse(add_text="end")
PINS = SendOptions(pins=True)
NO_PREVIEW = SendOptions(web_preview=False)
SHORT = TextLimits(text=8, caption=4)


def plan(
    messages: Sequence[SourceMessage],
    rules: Rules = NONE,
    *,
    limits: TextLimits = DEFAULT_LIMITS,
    options: SendOptions = PINS,
    protected: bool = False,
    sent: Sequence[int] = (),
    known: Known = NOTHING_KNOWN,
    topic: int | None = None,
    dest: int = 0,
    revision: int = 0,
) -> Plan:
    return make_plan(
        messages,
        rules,
        config_id=ConfigId(1),
        epoch=0,
        context=CONTEXT,
        limits=limits,
        chat_is_protected=protected,
        options=options,
        dest_number=dest,
        revision=revision,
        source_topic=None if topic is None else MessageId(topic),
        known=replace(known, settled=frozenset((MessageId(id_), 0) for id_ in sent)) if sent else known,
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


def test_each_dest_and_each_version_has_its_own_random_ids() -> None:
    """The same message to another dest, or once more after an edit, is another send."""
    plans = [plan([message(1, "a")]), plan([message(1, "a")], dest=2), plan([message(1, "a")], dest=2, revision=3)]
    deliveries = [delivery for result in plans for delivery in result.deliveries]
    assert [delivery.part for delivery in deliveries] == [0, part_of(2), part_of(2, revision=3)]
    assert len({delivery.random_id for delivery in deliveries}) == 3


def pieces(result: Plan) -> list[tuple[str, list[tuple[int, int, str | None, int | None]]]]:
    return [
        (
            type(step).__name__,
            [(d.message.id, d.part, d.content.text if d.content else None, d.reply_to) for d in step.deliveries],
        )
        for step in result.steps
    ]


def test_the_rest_of_a_too_long_text_follows_as_answers_to_it() -> None:
    """Each piece has its own part; the one message is settled with its last piece."""
    result = plan([message(1, "bb aaaa bbcccc dddd"), message(2, "x")], REMOVE, limits=SHORT)
    assert pieces(result) == [
        ("SendOne", [(1, 0, "aaaa", None)]),
        ("SendOne", [(1, 1, "cccc", 1)]),
        ("SendOne", [(1, 2, "dddd", 1)]),
        ("ForwardBatch", [(2, 0, None, None)]),
    ]
    assert [result.cursor_after(step) for step in range(4)] == [None, None, 1, 2]


def test_the_rest_of_captions_stands_below_the_whole_album() -> None:
    """No text comes between the members."""
    result = plan(album(1, ["bbaaaa cccc", "x", "bbdddd eeee"]), REMOVE, limits=SHORT)
    assert pieces(result) == [
        ("SendAlbum", [(1, 0, "aaaa", None), (2, 0, None, None), (3, 0, "dddd", None)]),
        ("SendOne", [(1, 1, "cccc", 1)]),
        ("SendOne", [(3, 1, "eeee", 3)]),
    ]


def test_a_piece_that_was_sent_is_not_sent_again() -> None:
    """Pieces are settled one by one."""
    known = Known(settled=frozenset({(MessageId(1), 0), (MessageId(1), 2)}))
    result = plan([message(1, "bb aaaa bbcccc dddd")], REMOVE, limits=SHORT, known=known)
    assert pieces(result) == [("SendOne", [(1, 1, "cccc", 1)])]


REPLIES = [
    message(1, "a"),
    message(2, "b", reply_to=1),
    message(3, "bb c", reply_to=2),
    message(4, "d", reply_to=99),
    *[replace(member, reply_to=MessageId(50)) for member in album(5, ["", ""])],
    message(7, "e"),
]


def test_answers_to_what_stands_in_the_dest_go_by_themselves() -> None:
    """Known from the ledger or sent by this very plan; an answer to anything else quotes nothing."""
    result = plan(REPLIES, REMOVE, known=Known(replies=frozenset({MessageId(50)})))
    assert pieces(result) == [
        ("ForwardBatch", [(1, 0, None, None)]),
        ("ForwardBatch", [(2, 0, None, 1)]),
        ("SendOne", [(3, 0, "c", 2)]),
        ("ForwardBatch", [(4, 0, None, None)]),
        ("ForwardBatch", [(5, 0, None, 50), (6, 0, None, 50)]),
        ("ForwardBatch", [(7, 0, None, None)]),
    ]


def test_answers_can_be_left_out() -> None:
    """Then they go with all others."""
    result = plan(REPLIES, options=SendOptions(replies=False), known=Known(replies=frozenset({MessageId(50)})))
    assert [shape(step) for step in result.steps] == [("ForwardBatch", [1, 2, 3, 4, 5, 6, 7])]
    assert {delivery.reply_to for delivery in result.deliveries} == {None}


def test_an_answer_to_a_skipped_message_quotes_nothing() -> None:
    """What is left out does not count as sent."""
    result = plan([message(1, "ad"), message(2, "b", reply_to=1)], REMOVE)
    assert pieces(result) == [("ForwardBatch", [(2, 0, None, None)])]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [(None, [1, 2, 3, 4]), (10, [2]), (1, [1, 4]), (11, [3])],
)
def test_one_topic_of_a_forum(topic: int | None, expected: list[int]) -> None:
    """Everything else is skipped as standing in another topic; the general one has the number 1 or none."""
    result = plan([message(1, "a"), message(2, "b", topic=10), message(3, topic=11), message(4, topic=1)], topic=topic)
    assert [delivery.message.id for delivery in result.deliveries] == expected
    assert {item.reason for item in result.skipped} <= {SkipReason.TOPIC}
    assert len(result.skipped) == 4 - len(expected)


def test_pins_of_what_stands_in_the_dest_become_pins_there() -> None:
    """Where the config wants it; other pins are service messages like all others."""
    messages = [message(1, "a"), message(2, pins=1), message(3, pins=40), message(4, pins=41), message(5, "b")]
    known = Known(replies=frozenset({MessageId(40)}))
    result = plan(messages, known=known)
    assert [shape(step) for step in result.steps] == [
        ("ForwardBatch", [1]),
        ("PinOne", [2]),
        ("PinOne", [3]),
        ("ForwardBatch", [5]),
    ]
    assert result.skipped == (Skipped(MessageId(4), SkipReason.SERVICE),)
    assert [shape(step)[1] for step in plan(messages, known=known, sent=[2]).steps] == [[1], [3], [5]]
    assert [item.message_id for item in plan(messages, known=known, options=SendOptions()).skipped] == [2, 3, 4]


DUPLICATES = Rules.parse(ruleset=parse_ruleset({"steps": [{"remove_links": True}, {"duplicates": {"days": 3}}]}))


def test_the_same_content_goes_once() -> None:
    """Known from the ledger or sent by this very plan; an older message is no duplicate of a newer one."""
    messages = [message(5, "a"), message(6, "a"), message(7, "b"), message(8, "c"), *album(9, ["a", ""])]
    hashes = {content_hash([messages[2]]): MessageId(2), content_hash([messages[3]]): MessageId(9)}
    result = plan(messages, DUPLICATES, known=Known(hashes=hashes))
    assert [delivery.message.id for delivery in result.deliveries] == [5, 8, 9, 10]
    assert [delivery.content_hash for delivery in result.deliveries[:2]] == [
        content_hash([messages[0]]),
        content_hash([messages[3]]),
    ]
    assert list(result.skipped) == [
        Skipped(MessageId(6), SkipReason.DUPLICATE, "step 2"),
        Skipped(MessageId(7), SkipReason.DUPLICATE, "step 2"),
    ]
    assert {delivery.content_hash for delivery in plan(messages).deliveries} == {None}


def test_a_message_is_no_duplicate_of_itself() -> None:
    """What the ledger says of an earlier attempt at the same message does not skip it."""
    only = message(5, "a")
    hashes = {content_hash([only]): MessageId(5)}
    assert [shape(step)[1] for step in plan([only], DUPLICATES, known=Known(hashes=hashes)).steps] == [[5]]


def test_a_link_preview_is_dropped_where_the_config_wants_it() -> None:
    """The text goes anew, unless nothing would be left of it or it is longer than may be sent."""
    messages = [
        message(1, "a", media=MediaKind.WEB_PAGE),
        message(2, "", media=MediaKind.WEB_PAGE),
        message(3, "aaa bbb ccc", media=MediaKind.WEB_PAGE),
        message(4, "d", media=MediaKind.PHOTO),
    ]
    result = plan(messages, options=NO_PREVIEW, limits=SHORT)
    assert pieces(result) == [
        ("SendOne", [(1, 0, "a", None)]),
        ("ForwardBatch", [(2, 0, None, None), (3, 0, None, None), (4, 0, None, None)]),
    ]
    assert [shape(step) for step in plan(messages).steps] == [("ForwardBatch", [1, 2, 3, 4])]


any_plan = given(sources(), rules, limits, st.sets(st.integers(1, 100)))


@any_plan
def test_every_message_has_exactly_one_fate(
    messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]
) -> None:
    """Each message is sent now, was sent, or is skipped; sends are in source order; the plan is the same each time."""
    result = plan(messages, rules, limits=limits, sent=tuple(sent))
    planned = [delivery.message.id for delivery in result.deliveries if piece_of(delivery.part) == 0]
    skipped = [item.message_id for item in result.skipped]
    assert planned == sorted(planned)
    assert skipped == sorted(skipped)
    assert sorted(planned + skipped) == [item.id for item in messages if item.id not in sent]
    assert result == plan(messages, rules, limits=limits, sent=tuple(sent))


@any_plan
def test_no_album_is_cut(messages: list[SourceMessage], rules: Rules, limits: TextLimits, sent: set[int]) -> None:
    """All members of an album go in one step or are skipped together."""
    result = plan(messages, rules, limits=limits)
    fates = {
        delivery.message.id: f"step {n}"
        for n, step in enumerate(result.steps)
        for delivery in step.deliveries
        if piece_of(delivery.part) == 0
    }
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
                assert len({delivery.reply_to for delivery in deliveries}) == 1
            case SendAlbum(deliveries):
                assert 2 <= len(deliveries) <= 10
            case PinOne(delivery):
                assert delivery.message.is_service
            case SendOne(delivery):
                assert delivery.content is not None
                assert delivery.content.text or delivery.message.media is MediaKind.PHOTO or delivery.message.grouped_id
        for delivery in step.deliveries:
            if delivery.content is not None:
                is_first = piece_of(delivery.part) == 0
                longest = limits.of(delivery.message) if is_first else limits.text
                assert utf16_length(delivery.content.text) <= longest
                assert is_first or delivery.reply_to == delivery.message.id
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
