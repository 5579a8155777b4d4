"""When and how messages are sent: hours, delay, duplicates, topics, replies, pins, names; what is refused before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from tests.services.conftest import Town, make_config
from tests.services.runs import MovedClock, row_of, run, run_and_crash, standing, texts
from tgforward.db.runs import list_runs
from tgforward.db.session import reading
from tgforward.forwarding.outcomes import Done, Snooze
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.deps import Deps
from tgforward.types import AccountId, ConfigId

FORWARD, SEND, SEND_MEDIA = "messages.ForwardMessages", "messages.SendMessage", "messages.SendMedia"
HOUR = timedelta(hours=1)
GROW = {"steps": [{"replace": {"words": {"x": "word"}}}]}


@pytest.fixture
def clock() -> MovedClock:
    """The installation's clock."""
    return MovedClock()


@pytest.fixture
def deps(deps: Deps, clock: MovedClock) -> Deps:
    """The installation, with that clock."""
    return replace(deps, clock=clock)


def post(town: Town, *names: str, **options: Any) -> None:
    for name in names:
        town.world.post(town.source, name, sender=town.editor, **options)


async def begin(deps: Deps, **fields: Any) -> ConfigId:
    """A config whose first run is over."""
    config_id = await make_config(deps, **fields)
    await run(deps, config_id)
    return config_id


async def skipped(deps: Deps, config_id: ConfigId) -> dict[str, int]:
    """What was left out, as the runs recorded it."""
    async with reading(deps.session_factory) as session:
        rows = await list_runs(session, config_id)
    return {cause: count for row in rows for cause, count in row.skipped_by_reason.items()}


def hours(begin: timedelta, end: timedelta, outside: str) -> dict[str, Any]:
    """Rules with a window of the day, seen from now."""
    now = datetime.now(UTC)
    window = {"from": f"{now + begin:%H:%M}", "to": f"{now + end:%H:%M}", "outside": outside}
    return {"time_zone": "UTC", "rules": {"steps": [{"hours": window}]}}


async def test_messages_wait_for_the_hours(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, clock: MovedClock
) -> None:
    """Outside of them nothing is asked or sent; when they begin everything arrives in order."""
    post(town, "old")
    config_id = await begin(deps, forward_history_count=-1, **hours(2 * HOUR, 4 * HOUR, "wait"))
    post(town, "new")
    reads = sandbox.requests("messages.GetHistory")
    assert await run(deps, config_id) == Done()
    assert (texts(town.dest), sandbox.requests("messages.GetHistory")) == ([], reads)
    clock.ahead = 3 * HOUR
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["old", "new"]


async def test_messages_of_other_hours_are_skipped(deps: Deps, account_id: AccountId, town: Town) -> None:
    """What counts is when they were written, not when they are forwarded; the run names the step."""
    config_id = await make_config(deps, forward_history_count=-1, **hours(-HOUR, HOUR, "skip"))
    post(town, "by night", date=town.world.now() - 12 * HOUR)
    post(town, "by day")
    await run(deps, config_id)
    assert texts(town.dest) == ["by day"]
    assert await skipped(deps, config_id) == {"hours (step 1)": 1}


async def test_messages_go_after_their_delay(deps: Deps, account_id: AccountId, town: Town, clock: MovedClock) -> None:
    """Those that are due go; the job comes back when the next one is; one that was deleted meanwhile never goes."""
    config_id = await begin(deps, send={"delay_s": 3600})
    post(town, "due", date=town.world.now() - 2 * HOUR)
    post(town, "regretted", "young")
    outcome = await run(deps, config_id)
    assert isinstance(outcome, Snooze)
    assert HOUR - timedelta(seconds=30) < outcome.delay <= HOUR
    assert texts(town.dest) == ["due"]
    town.world.delete(standing(town.source)[1])
    clock.ahead = HOUR
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["due", "young"]


async def test_a_clock_that_is_behind_delays_nothing(
    deps: Deps, account_id: AccountId, town: Town, clock: MovedClock
) -> None:
    """Messages that Telegram dates later than this machine's time go out at once, too."""
    config_id = await begin(deps)
    clock.ahead = -timedelta(minutes=1)
    post(town, "from the future")
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["from the future"]


async def test_an_album_is_due_with_its_last_member(
    deps: Deps, account_id: AccountId, town: Town, clock: MovedClock
) -> None:
    """Its members go together, and the job does not come back before that."""
    config_id = await begin(deps, send={"delay_s": 3600})
    for age in (70, 10):
        post(town, f"{age} minutes", media="photo", grouped_id=7, date=town.world.now() - timedelta(minutes=age))
    outcome = await run(deps, config_id)
    assert isinstance(outcome, Snooze)
    assert timedelta(minutes=49) < outcome.delay <= timedelta(minutes=50)
    assert texts(town.dest) == []
    clock.ahead = outcome.delay
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["70 minutes", "10 minutes"]


async def test_edits_are_followed_while_others_wait(
    deps: Deps, account_id: AccountId, town: Town, clock: MovedClock
) -> None:
    """A message that waits for its delay neither holds back nor hides the edit of one that was forwarded."""
    config_id = await begin(deps, send={"delay_s": 3600})
    post(town, "first", date=town.world.now() - 2 * HOUR)
    post(town, "second")
    await run(deps, config_id)
    town.world.edit(standing(town.source)[0], "better")
    await run(deps, config_id)
    assert texts(town.dest) == ["better"]
    town.world.edit(standing(town.source)[0], "best")
    clock.ahead = HOUR
    await run(deps, config_id)
    assert texts(town.dest) == ["best", "second"]


async def test_an_album_that_waits_hides_no_edit(
    deps: Deps, account_id: AccountId, town: Town, clock: MovedClock
) -> None:
    """One edit after an unfinished member of an album was seen beside a new message is carried over."""
    config_id = await begin(deps)
    post(town, "first")
    post(town, "member", media="photo", grouped_id=7)
    assert isinstance(await run(deps, config_id), Snooze)
    town.world.edit(standing(town.source)[0], "better")
    clock.ahead = timedelta(minutes=1)
    await run(deps, config_id)
    assert texts(town.dest) == ["better", "member"]


def duplicates(days: int) -> dict[str, Any]:
    return {"rules": {"steps": [{"duplicates": {"days": days}}]}}


async def test_duplicates_are_skipped(deps: Deps, account_id: AccountId, town: Town) -> None:
    """The same text or the same media, in history and after it, arrives once; the run names the step."""
    post(town, "same", "same")
    config_id = await make_config(deps, forward_history_count=-1, **duplicates(2))
    await run(deps, config_id)
    post(town, "same", "other")
    photo = town.world.post(town.source, media="photo", sender=town.editor)
    post(town, "", media=photo.media)
    post(town, "captioned", media=photo.media)
    await run(deps, config_id)
    post(town, "", media=photo.media)
    await run(deps, config_id)
    assert texts(town.dest) == ["same", "other", "", "captioned"]
    assert (await row_of(deps, config_id)).skipped == 4
    assert (await skipped(deps, config_id)).keys() == {"duplicate (step 1)"}


async def test_duplicates_are_forgotten(deps: Deps, account_id: AccountId, town: Town, clock: MovedClock) -> None:
    """After the given days the same content goes again."""
    config_id = await begin(deps, **duplicates(2))
    post(town, "same")
    await run(deps, config_id)
    clock.ahead = timedelta(days=3)
    post(town, "same")
    await run(deps, config_id)
    assert texts(town.dest) == ["same", "same"]


@pytest.mark.parametrize("words", [{}, {"add_text": "~"}])
async def test_no_message_is_its_own_duplicate(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, words: dict[str, str]
) -> None:
    """A crash between a send and its answer neither doubles the message nor makes it a duplicate."""
    config_id = await begin(deps, **duplicates(2), **words)
    post(town, "same", "other", "same")
    await run_and_crash(deps, config_id, sandbox, SEND if words else FORWARD)
    await run(deps, config_id)
    line = "\n~" if words else ""
    assert texts(town.dest) == ["same" + line, "other" + line]
    assert await skipped(deps, config_id) == {"duplicate (step 1)": 1}


@pytest.mark.parametrize(("topic", "expected"), [("News", ["news"]), ("General", ["general"])])
async def test_one_topic_of_the_source(
    deps: Deps, account_id: AccountId, town: Town, forum: Chat, topic: str, expected: list[str]
) -> None:
    """Only what stands in the topic is forwarded; the rest is not counted as left out, since nobody wanted it."""
    news, talk = (town.world.add_topic(forum, title, creator=town.operator) for title in ("News", "Talk"))
    for text, place in (("news", news), ("talk", talk), ("general", None)):
        town.world.post(forum, text, topic=place, sender=town.editor)
    number = news.id if topic == "News" else 1
    config_id = await make_config(deps, source="@forum", source_topic_id=number, forward_history_count=-1)
    await run(deps, config_id)
    assert texts(town.dest) == expected
    assert not {"topic", "rule"} & (await skipped(deps, config_id)).keys()
    live = town.world.post(forum, "live", topic=news if topic == "News" else None, sender=town.editor)
    town.world.post(forum, "talk", topic=talk, sender=town.editor, reply_to=live)
    await run(deps, config_id)
    assert texts(town.dest) == [*expected, "live"]


@pytest.mark.parametrize("fields", [{}, {"add_text": "~"}, {"send": {"mode": "forward"}}])
async def test_a_topic_of_the_dest(
    deps: Deps, account_id: AccountId, town: Town, forum: Chat, fields: dict[str, Any]
) -> None:
    """Everything stands in it: forwards, texts, media, albums and answers."""
    topic = town.world.add_topic(forum, "News", creator=town.operator)
    settled = town.world.now() - timedelta(seconds=10)
    post(town, "text")
    post(town, "photo", media="photo")
    town.world.post_album(town.source, [("photo", "one"), ("video", "two")], sender=town.editor, date=settled)
    post(town, "answer", reply_to=standing(town.source)[0])
    config_id = await make_config(deps, dest="@forum", dest_topic_id=topic.id, forward_history_count=-1, **fields)
    await run(deps, config_id)
    arrived = standing(forum)
    assert [message.text.partition("\n")[0] for message in arrived] == ["text", "photo", "one", "two", "answer"]
    assert {message.draft.topic_id for message in arrived} == {topic.id}
    assert arrived[-1].draft.replied is arrived[0]
    assert len({message.grouped_id for message in arrived[2:4]}) == 1


async def test_the_general_topic_is_where_everything_stands(
    deps: Deps, account_id: AccountId, town: Town, forum: Chat
) -> None:
    """A forum without a topic named, or with the general one, takes messages there."""
    config_id = await begin(deps, dest="@forum", dest_topic_id=1)
    post(town, "one")
    await run(deps, config_id)
    (arrived,) = [message for message in standing(forum) if message.text == "one"]
    assert arrived.draft.topic_id is None


@pytest.mark.parametrize("words", [{}, {"add_text": "~"}])
async def test_answers_quote_the_copies(deps: Deps, account_id: AccountId, town: Town, words: dict[str, str]) -> None:
    """Of the same run, of an earlier run; an answer to what was never forwarded quotes nothing."""
    config_id = await begin(deps, skip_word="secret", **words)
    question = town.world.post(town.source, "question", sender=town.editor)
    secret = town.world.post(town.source, "secret", sender=town.editor)
    for name, target in (("first", question), ("of secret", None), ("to nothing", secret)):
        town.world.post(town.source, name.replace("secret", "s"), sender=town.editor, reply_to=target)
    await run(deps, config_id)
    town.world.post(town.source, "second", sender=town.editor, reply_to=question)
    await run(deps, config_id)
    copies = standing(town.dest)
    assert [message.draft.replied for message in copies] == [None, copies[0], None, None, copies[0]]


@pytest.mark.parametrize("fields", [{}, {"add_text": "~"}, {"send": {"replies": False}}])
@pytest.mark.parametrize("answer", ["no_reply", "error"])
async def test_answers_to_what_is_gone(
    deps: Deps,
    account_id: AccountId,
    sandbox: Sandbox,
    town: Town,
    fields: dict[str, Any],
    answer: Literal["no_reply", "error"],
) -> None:
    """A copy that somebody deleted at the dest is not quoted, and the answer arrives; replies may be turned off."""
    sandbox.set_missing_replies(answer)
    config_id = await begin(deps, **fields)
    question = town.world.post(town.source, "question", sender=town.editor)
    town.world.post(town.source, "one", sender=town.editor, reply_to=question)
    await run(deps, config_id)
    first, one = standing(town.dest)
    assert one.draft.replied is (None if "send" in fields else first)
    town.world.delete(first)
    town.world.post(town.source, "two", sender=town.editor, reply_to=question)
    assert await run(deps, config_id) == Done()
    _, two = standing(town.dest)
    assert two.text.startswith("two")
    assert two.draft.replied is None


@pytest.mark.parametrize("pins", [True, False])
async def test_pins(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, pins: bool) -> None:
    """What is pinned in the source is pinned in the dest on demand, also later and after a crash, if it is there."""
    config_id = await begin(deps, send={"pins": pins}, skip_word="secret")
    post(town, "one", "two", "secret")
    one, two, secret = standing(town.source)
    town.world.pin(one)
    await run(deps, config_id)
    for message in (two, secret):
        town.world.pin(message)
    if pins:
        await run_and_crash(deps, config_id, sandbox, "messages.UpdatePinnedMessage")
    assert await run(deps, config_id) == Done()
    post(town, "three")
    await run(deps, config_id)
    assert texts(town.dest) == ["one", "two", "three"]
    assert [message.is_pinned for message in standing(town.dest)] == [pins, pins, False]


@pytest.mark.parametrize("silent", [True, False])
async def test_silence(deps: Deps, account_id: AccountId, town: Town, silent: bool) -> None:
    """Forwards, texts, media and albums wake nobody, if so wanted."""
    steps = [{"replace": {"words": {"x": "y"}}}]
    config_id = await begin(deps, rules={"steps": steps, "send": {"silent": silent}})
    post(town, "as it is", "x")
    post(town, "x", media="photo")
    town.world.post_album(
        town.source, [("photo", "x"), ("photo", "")], sender=town.editor, date=town.world.now() - HOUR
    )
    await run(deps, config_id)
    assert [message.draft.is_silent for message in standing(town.dest)] == [silent] * 5


async def test_another_name(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Forwards, texts and media are written in the name of the channel."""
    own = town.world.add_channel("Own", username="own", admins=[town.operator])
    room = town.world.add_channel("Room", username="room", broadcast=False, admins=[town.operator])
    rules = {"steps": [{"replace": {"words": {"x": "y"}}}]}
    config_id = await begin(deps, dest="@room", rules=rules, send_as="@own")
    post(town, "as it is", "x")
    post(town, "x", media="photo")
    await run(deps, config_id)
    assert [message.draft.send_as for message in standing(room)] == [own] * 3


@pytest.mark.parametrize("method", [None, SEND_MEDIA, SEND])
async def test_captions_that_become_too_long(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, method: str | None
) -> None:
    """The rest follows as answers, in order, before what comes next; a crash in between loses and doubles nothing."""
    config_id = await begin(deps, rules=GROW)
    post(town, "x " * 500, media="photo")
    post(town, "last")
    if method is not None:
        await run_and_crash(deps, config_id, sandbox, method)
    await run(deps, config_id)
    first, *rest, last = standing(town.dest)
    assert (first.kind, last.text, len(rest)) == ("photo", "last", 1)
    assert all(piece.draft.replied is first and not piece.kind for piece in rest)
    assert [len(message.text) <= 1024 for message in (first, *rest)] == [True, False]
    assert sum(message.text.count("word") for message in (first, *rest)) == 500


async def test_texts_that_become_too_long(deps: Deps, account_id: AccountId, town: Town) -> None:
    """A text goes on in as many answers as it needs, and what answers it answers its beginning."""
    config_id = await begin(deps, rules=GROW)
    long = town.world.post(town.source, "x " * 2000, sender=town.editor)
    town.world.post(town.source, "answer", sender=town.editor, reply_to=long)
    await run(deps, config_id)
    first, *rest = standing(town.dest)
    assert len(rest) == 3
    assert all(message.draft.replied is first for message in rest)
    assert sum(message.text.count("word") for message in standing(town.dest)) == 2000


async def test_origins_are_named_on_demand(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """In mode forward what the rules leave alone names its origin; what they change cannot."""
    config_id = await begin(deps, rules=GROW, send={"mode": "forward"})
    post(town, "as it is", "x", "and on")
    await run(deps, config_id)
    ids = [message.id for message in standing(town.source)]
    found = sandbox.messages(town.dest)
    assert [message.text for message in found] == ["as it is", "word", "and on"]
    named = [(town.source.marked_id, number) for number in ids]
    assert [message.origin for message in found] == [named[0], None, named[2]]
