"""A preview says what the run then does, and sends nothing."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import run, standing, texts, working
from tgforward.errors import AccountRests, FloodWait, InvalidInput, TgforwardError
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.known_configs import all_configs
from tgforward.services.preview import PreviewedMessage, answer_preview, preview, preview_in
from tgforward.services.preview_new import preview_new
from tgforward.types import AccountId

RULES: dict[str, Any] = {
    "skip_word": "secret",
    "rules": {
        "steps": [
            {"replace": {"words": {"x": "word"}}},
            {"skip": {"words": ["advert"]}},
            {"duplicates": {"days": 2}},
        ]
    },
}


def fates(found: list[PreviewedMessage]) -> list[tuple[str, str | None, str]]:
    return [(item.outcome, item.reason, item.detail.partition(":")[0]) for item in found]


def post_all(town: Town) -> None:
    """One message for each fate."""
    world, source = town.world, town.source
    for text in ("as it is", "x", "secret", "an advert", "as it is"):
        world.post(source, text, sender=town.editor)
    world.post(source, "closed", sender=town.editor, protected=True)
    world.post(source, "x " * 500, media="photo", sender=town.editor)
    world.pin(standing(source)[0])
    settled = world.now() - timedelta(seconds=10)
    for captions in (("one", "two"), ("x", "three"), ("four", "secret")):
        world.post_album(source, [("photo", text) for text in captions], sender=town.editor, date=settled)


FATES = [
    ("forwarded", None, ""),
    ("changed", None, ""),
    ("skipped", "skip_word", "secret"),
    ("skipped", "rule", "step 2"),
    ("skipped", "duplicate", "step 3"),
    ("skipped", "protected", ""),
    ("changed", None, ""),
    ("skipped", "service", ""),
    *[("forwarded", None, "")] * 2,
    ("changed", None, ""),
    ("forwarded", None, ""),
    *[("skipped", "skip_word", "secret")] * 2,
]


async def test_the_preview_is_what_the_run_does(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Each message with its fate and the step that decided; the run sends exactly the texts that were shown."""
    post_all(town)
    config_id = await make_config(deps, forward_history_count=-1, **RULES)
    found = await preview(deps, config_id, last=100)
    assert fates(found) == FATES
    assert [len(item.after) for item in found if item.kind == "photo"] == [2, 1, 1, 1, 1, 0, 0]
    assert standing(town.dest) == []
    assert sandbox.requests("messages.SendMessage") + sandbox.requests("messages.ForwardMessages") == 0
    await run(deps, config_id)
    assert texts(town.dest) == [text.text for item in found for text in item.after]
    assert fates(await preview(deps, config_id, last=100)) == FATES  # nothing is a duplicate of itself


@pytest.mark.parametrize("is_asked", [False, True], ids=["alone", "beside a worker"])
async def test_the_last_messages_and_single_ones(deps: Deps, account_id: AccountId, town: Town, is_asked: bool) -> None:
    """An album is never judged by a part of it; one message is named by its link or its number."""
    post_all(town)
    config_id = await make_config(deps, **RULES)
    everything = {item.message_id: item for item in await preview(deps, config_id, last=100)}
    ids = list(everything)

    async def check() -> None:
        assert [item.message_id for item in await preview(deps, config_id, last=1)] == ids[-2:]
        assert await preview(deps, config_id, last=3) == [everything[number] for number in ids[-4:]]
        for number in (ids[1], ids[6], ids[-2]):
            expected = [everything[number]]
            assert await preview(deps, config_id, link=everything[number].link) == expected
            assert await preview(deps, config_id, link=str(number)) == expected

    if is_asked:
        async with working(deps):
            await check()
    else:
        await check()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"last": 0}, "--last is 0"),
        ({"last": 101}, "--last is 101"),
        ({"link": "https://t.me/elsewhere/1"}, "another chat"),
        ({"link": "https://t.me/c/1234567/1"}, "another chat"),
        ({"link": "nonsense"}, "names no message"),
        ({"link": "99"}, "no message 99 in Source"),
    ],
)
@pytest.mark.parametrize("is_asked", [False, True], ids=["alone", "beside a worker"])
async def test_what_cannot_be_shown_is_one_sentence(
    deps: Deps, account_id: AccountId, town: Town, options: dict[str, Any], words: str, is_asked: bool
) -> None:
    """The same one, whoever owns the account."""
    town.world.post(town.source, "one", sender=town.editor)
    config_id = await make_config(deps)
    if is_asked:
        async with working(deps):
            with pytest.raises(InvalidInput, match=words):
                await preview(deps, config_id, **options)
    else:
        with pytest.raises(InvalidInput, match=words):
            await preview(deps, config_id, **options)


@pytest.mark.parametrize("is_asked", [False, True], ids=["alone", "beside a worker"])
async def test_changes_are_seen_before_they_are_stored(
    deps: Deps, account_id: AccountId, town: Town, is_asked: bool
) -> None:
    """What is not changed is as it is stored, and stays so; a change that could not be stored is not shown either."""
    for text in ("one", "two", "secret"):
        town.world.post(town.source, text, sender=town.editor)
    config_id = await make_config(deps, skip_word="secret", forward_history_count=-1)
    changes = {"add_text": "!", "rules": {"steps": [{"replace": {"words": {"two": "2"}}}]}, "interval_second": 9}
    async with AsyncExitStack() as stack:
        if is_asked:
            await stack.enter_async_context(working(deps))
        shown = await preview(deps, config_id, changes=changes)
        assert [[text.text for text in item.after] for item in shown] == [["one\n!"], ["2\n!"], []]
        assert [item.outcome for item in await preview(deps, config_id)] == ["forwarded", "forwarded", "skipped"]
        with pytest.raises(InvalidInput, match="time zone"):
            await preview(deps, config_id, changes={"time_zone": "Nowhere"})


@pytest.mark.parametrize("is_asked", [False, True], ids=["alone", "beside a worker"])
async def test_a_config_is_seen_before_it_is_made(
    deps: Deps, account_id: AccountId, town: Town, is_asked: bool
) -> None:
    """As the same one is once it is made; what could not be made is not shown either, and nothing is made."""
    post_all(town)
    wish: dict[str, Any] = {"source": "@source", "dest": "@dest", "account": None}
    fields = {**RULES, "add_text": "from ${source_title} to ${dest}"}
    async with AsyncExitStack() as stack:
        if is_asked:
            await stack.enter_async_context(working(deps))
        shown = await preview_new(deps, **wish, fields=fields, last=100)
        assert await all_configs(deps) == []
        for wrong in ({"fields": {"time_zone": "Nowhere"}}, {"source": "@nobody"}, {"dest": "@nobody"}):
            with pytest.raises(TgforwardError):
                await preview_new(deps, **{**wish, "fields": {}, **wrong})
        assert shown == await preview(deps, await make_config(deps, **fields), last=100)
    assert shown[0].after[0].text == f"as it is\nfrom Source to {town.dest.marked_id}"


async def test_one_topic_is_previewed(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Messages of other topics are shown as left out for that reason."""
    people: dict[str, Any] = {"admins": [town.editor], "members": [town.operator]}
    forum = town.world.add_channel("Forum", username="forum", broadcast=False, forum=True, **people)
    topic = town.world.add_topic(forum, "News", creator=town.editor)
    for place in (topic, None):
        town.world.post(forum, "one", topic=place, sender=town.editor)
    config_id = await make_config(deps, source="@forum", source_topic_id=topic.id)
    found = await preview(deps, config_id, last=2)
    assert fates(found) == [("forwarded", None, ""), ("skipped", "topic", "")]


async def test_a_wait_that_a_preview_meets_holds_for_all(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The account rests, also for those that ask after it; nobody asks Telegram before the wait is over."""
    config_id = await make_config(deps)
    async with owned_lane(deps) as lane:
        sandbox.faults.add("flood_wait", method="messages.GetHistory", seconds=60)
        with pytest.raises(FloodWait):
            await preview_in(lane, config_id, 20, None)
        asked = sandbox.requests()
        answer = await answer_preview(lane, config_id, 20, None)
        assert answer["error"]["type"] == "AccountRests"
        assert sandbox.requests() == asked
    with pytest.raises(AccountRests):
        await preview(deps, config_id)
    assert sandbox.flood_violations == 0
