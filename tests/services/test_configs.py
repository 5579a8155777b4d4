"""Configs are checked as a whole before they are stored, and changed option by option."""

from typing import Any

import pytest

from tests.services.conftest import Town, make_config
from tgforward.db.audit import list_changes
from tgforward.db.dests import list_dests, set_dest_state
from tgforward.db.models import TGForwardConfig
from tgforward.db.models.dest import DestState
from tgforward.db.peers import load_peers
from tgforward.db.session import reading
from tgforward.errors import InvalidInput, PeerGone, WriteForbidden
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.accounts import import_account
from tgforward.services.config_dests import add_dest
from tgforward.services.configs import add_config, edit_config
from tgforward.services.deps import Deps
from tgforward.services.known_configs import all_configs, require_config, resume_config
from tgforward.services.known_dests import further_dests, remove_dest
from tgforward.services.spots import NamedDest, Spot, check_route, named_dest, parse_dest
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

CHANNEL = ChatId(-1001234567890)


async def edit(deps: Deps, config_id: ConfigId, *, account: str | None = None, **changes: Any) -> TGForwardConfig:
    await edit_config(deps, config_id, changes, account=account, actor="test")
    return await require_config(deps, config_id)


def add_forum(town: Town, name: str) -> Chat:
    return town.world.add_channel(name.title(), username=name, admins=[town.operator], broadcast=False, forum=True)


async def spots(deps: Deps, config_id: ConfigId) -> list[tuple[int, int, int | None, str]]:
    return [(dest.number, dest.chat_id, dest.topic_id, dest.state) for dest in await further_dests(deps, config_id)]


async def test_a_config_without_rules_stores_none(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Every default is no document at all, also when defaults are spelled out."""
    plain = await require_config(deps, await make_config(deps))
    spelled = await require_config(deps, await make_config(deps, send={"silent": False}, rules={"version": 1}))
    assert (plain.rules, spelled.rules, plain.interval_second) == (None, None, 20)


async def test_single_options_leave_the_rest_of_the_rules(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """A shortcut changes what it names; a document replaces everything; an empty one takes it away."""
    config_id = await make_config(deps, rules={"send": {"silent": True}}, follow={"deletions": "delete"})
    row = await edit(deps, config_id, send={"delay_s": 60})
    assert row.rules is not None
    assert (row.rules["send"], row.rules["follow"]) == ({"silent": True, "delay_s": 60}, {"deletions": "delete"})
    row = await edit(deps, config_id, rules={"send": {"pins": True}})
    assert row.rules is not None
    assert (row.rules["send"], "follow" in row.rules) == ({"pins": True}, False)
    assert (await edit(deps, config_id, rules={})).rules is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rules": {"send": {"mode": "telepathy"}}}, "mode"),
        ({"rules": {"colour": "red"}}, "colour"),
        ({"rules": ["skip"]}, "rule"),
        ({"send": {"mode": "forward"}, "follow": {"edits": "update"}}, "forward"),
        ({"send": {"delay_s": -1}}, "delay"),
        ({"dest_topic_id": -3}, "--topic is -3"),
        ({"source_topic_id": 2**40}, "--from-topic is"),
    ],
)
async def test_wrong_rules_are_refused_before_telegram_is_asked(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, fields: dict[str, Any], words: str
) -> None:
    """Nothing is stored, and the sentence names the place."""
    asked = sandbox.requests()
    with pytest.raises(InvalidInput, match=words):
        await make_config(deps, **fields)
    assert await all_configs(deps) == []
    assert sandbox.requests() == asked


async def test_further_dests_are_stored_with_the_config(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Each with its number and topic, and the access hash that later runs need."""
    second = add_forum(town, "second")
    topic = town.world.add_topic(second, "News").id
    also = ["@second", f"@second/{topic}"]
    stored = await add_config(deps, source="@source", dest="@dest", account=None, fields={}, actor="test", also=also)
    wire_id = second.marked_id
    assert await spots(deps, stored.id) == [(1, wire_id, None, "active"), (2, wire_id, topic, "active")]
    async with reading(deps.session_factory) as session:
        assert await load_peers(session, account_id, [ChatId(wire_id)])
        (entry,) = await list_changes(session, str(stored.id))
    assert entry.detail["also"] == [[wire_id, None], [wire_id, topic]]


async def test_a_dest_without_rights_is_refused(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Whether with the config or later, and the config's other dests do not matter."""
    town.world.add_channel("Foreign", username="foreign", admins=[town.editor], members=[town.operator])
    with pytest.raises(WriteForbidden, match="Foreign"):
        await add_config(deps, source="@source", dest="@dest", account=None, fields={}, actor="test", also=["@foreign"])
    assert await all_configs(deps) == []
    config_id = await make_config(deps)
    with pytest.raises(WriteForbidden, match="Foreign"):
        await add_dest(deps, config_id, NamedDest("@foreign"), actor="test")
    with pytest.raises(PeerGone, match="@nowhere"):
        await edit(deps, config_id, send_as="@nowhere")
    assert await spots(deps, config_id) == []


async def test_dests_come_and_go(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """A number is not used again; one that is not there is named, and 0 is the config's own."""
    for name in ("one", "two"):
        town.world.add_channel(name, username=f"dest_{name}", admins=[town.operator])
    config_id = await make_config(deps)
    assert await add_dest(deps, config_id, NamedDest("@dest_one"), actor="test") == 1
    await remove_dest(deps, config_id, 1, actor="test")
    assert await add_dest(deps, config_id, NamedDest("@dest_two"), actor="test") == 2
    assert [number for number, *_ in await spots(deps, config_id)] == [2]
    with pytest.raises(InvalidInput, match="has no dest 1"):
        await remove_dest(deps, config_id, 1, actor="test")
    with pytest.raises(InvalidInput, match="--dest"):
        await remove_dest(deps, config_id, 0, actor="test")
    with pytest.raises(InvalidInput, match="no config 77"):
        await further_dests(deps, ConfigId(77))


async def test_no_message_comes_back_or_comes_twice(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The source is no dest, and no dest is named twice, however the config comes to it."""
    for name in ("own", "second"):
        town.world.add_channel(name, username=name, admins=[town.operator])
    config_id = await make_config(deps, source="@own")
    for refused in ("@dest", "@own"):
        with pytest.raises(InvalidInput, match=r"twice|same chat"):
            await add_dest(deps, config_id, NamedDest(refused), actor="test")
    await add_dest(deps, config_id, NamedDest("@second"), actor="test")
    with pytest.raises(InvalidInput, match="twice"):
        await edit(deps, config_id, dest="@second")
    with pytest.raises(InvalidInput, match="same chat"):
        await edit(deps, config_id, source="@second")


async def test_resume_wakes_parked_dests(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """What parked them is forgotten; removed ones stay away."""
    town.world.add_channel("Second", username="second", admins=[town.operator])
    config_id = await make_config(deps)
    number = await add_dest(deps, config_id, NamedDest("@second"), actor="test")
    async with deps.session_factory.begin() as session:
        await set_dest_state(session, config_id, number, DestState.PARKED, "no right to write")
    await resume_config(deps, config_id, actor="test")
    async with reading(deps.session_factory) as session:
        (dest,) = (await list_dests(session, [config_id]))[config_id]
    assert (dest.state, dest.state_reason) == (DestState.ACTIVE, None)


async def test_another_account_must_be_let_into_every_dest(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A config that changes hands would otherwise lose a dest at its next run."""
    await import_account(deps, "editor", sandbox.session_string(town.editor), actor="test")
    town.world.add_channel("Own", username="own", admins=[town.operator], members=[town.editor])
    config_id = await make_config(deps, account="operator")
    await add_dest(deps, config_id, NamedDest("@own"), actor="test")
    with pytest.raises(WriteForbidden, match="Own"):
        await edit(deps, config_id, account="editor")
    await remove_dest(deps, config_id, 1, actor="test")
    assert (await edit(deps, config_id, account="editor")).account_id != account_id


async def test_the_sender_is_named_and_stored_by_number(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A name becomes an id that the account can use; an empty name takes it away."""
    config_id = await make_config(deps, send_as="@dest", send={"silent": True})
    row = await require_config(deps, config_id)
    assert row.rules is not None
    assert row.rules["send"] == {"silent": True, "send_as": row.dest}
    row = await edit(deps, config_id, send_as="")
    assert row.rules is not None
    assert row.rules["send"] == {"silent": True}


async def test_topics_are_stored_and_taken_away(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """0 is none; the general topic is where everything stands that has no topic."""
    forums = [add_forum(town, name) for name in ("first", "second")]
    topics = tuple(town.world.add_topic(forum, "News").id for forum in forums)
    config_id = await make_config(
        deps, source="@first", dest="@second", source_topic_id=topics[0], dest_topic_id=topics[1]
    )
    row = await require_config(deps, config_id)
    assert (row.source_topic_id, row.dest_topic_id) == topics
    row = await edit(deps, config_id, source_topic_id=0, dest_topic_id=1)
    assert (row.source_topic_id, row.dest_topic_id) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@chat", ("@chat", None)),
        ("@chat/7", ("@chat", 7)),
        ("-1001234567890/7", ("-1001234567890", 7)),
        ("https://t.me/chat/7", ("https://t.me/chat", 7)),
        ("https://t.me/c/1234567890/7", ("https://t.me/c/1234567890", 7)),
        ("https://t.me/c/1234567890", ("https://t.me/c/1234567890", None)),
        ("https://t.me/+AbCdEfGhIjK", ("https://t.me/+AbCdEfGhIjK", None)),
        ("@chat/1", ("@chat", None)),
    ],
)
def test_a_dest_is_a_chat_or_one_of_its_topics(text: str, expected: tuple[str, int | None]) -> None:
    """The number behind the chat is the topic; that of a private channel is not."""
    found = parse_dest(text)
    assert (found.chat, found.topic_id) == expected


def test_a_topic_is_named_once() -> None:
    """With the chat or as an option; both at once is a mistake."""
    assert named_dest("@chat", 7) == named_dest("@chat/7", None) == NamedDest("@chat", MessageId(7))
    with pytest.raises(InvalidInput, match="one of them"):
        named_dest("@chat/7", 8)
    for text in ("no chat!", "no chat!/7", "/7", ""):
        with pytest.raises(InvalidInput, match="does not name a chat"):
            parse_dest(text)


@pytest.mark.parametrize(
    ("source_topic", "dest_topic", "is_endless"),
    [(None, None, True), (None, 7, True), (5, 7, False), (5, None, False), (5, 5, True), (1, None, True)],
)
def test_a_route_inside_one_chat(source_topic: int | None, dest_topic: int | None, is_endless: bool) -> None:
    """From one topic to another is a way; from all topics, or into the same one, there is no end."""
    source, dest = (Spot(CHANNEL, None if topic is None else MessageId(topic)) for topic in (source_topic, dest_topic))
    if is_endless:
        with pytest.raises(InvalidInput, match="same chat"):
            check_route(source, [dest])
    else:
        check_route(source, [dest])
