"""What cannot work is said when a config is made or changed."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.services.conftest import Town, make_config
from tests.services.runs import row_of, working
from tgforward.errors import InvalidInput, PermanentError, TelegramError, WriteForbidden
from tgforward.sandbox.world.chats import Chat
from tgforward.services.config_dests import add_dest
from tgforward.services.configs import add_config, edit_config
from tgforward.services.deps import Deps
from tgforward.services.inspection import inspect
from tgforward.services.known_configs import all_configs
from tgforward.services.known_dests import further_dests
from tgforward.services.spots import NamedDest
from tgforward.types import AccountId, ConfigId, MessageId


@pytest.mark.parametrize(
    ("fields", "also", "words"),
    [
        ({"source_topic_id": 7}, (), "Source has no topic 7"),
        ({"dest_topic_id": 7}, (), "Dest has no topic 7"),
        ({}, ("@forum/77",), "Forum has no topic 77"),
        ({"send_as": "@source"}, (), "may not write to Dest as Source"),
    ],
)
async def test_what_cannot_work_is_said_when_the_config_is_made(
    deps: Deps, account_id: AccountId, forum: Chat, fields: Mapping[str, Any], also: tuple[str, ...], words: str
) -> None:
    """A topic that is not there, or a name that the account may not use, is one sentence; nothing is stored."""
    with pytest.raises(TelegramError, match=words):
        await add_config(deps, source="@source", dest="@dest", account=None, fields=fields, actor="test", also=also)
    assert await all_configs(deps) == []


async def test_what_cannot_work_is_said_when_the_config_is_changed(
    deps: Deps, account_id: AccountId, town: Town, forum: Chat
) -> None:
    """A topic is looked for in the chat of its side, a sender at every dest, whichever of the two is new."""
    own = town.world.add_channel("Own", username="own", admins=[town.operator])
    topic = town.world.add_topic(forum, "News", creator=town.operator)

    async def edit(config_id: ConfigId, **changes: Any) -> None:
        await edit_config(deps, config_id, changes, account=None, actor="test")

    config_id = await make_config(deps, dest="@forum", dest_topic_id=topic.id, send_as="@own")
    before = await row_of(deps, config_id)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"source_topic_id": 5}, "Source has no topic 5"),
        ({"dest_topic_id": 99}, "Forum has no topic 99"),
        ({"dest": "@dest", "send_as": ""}, f"Dest has no topic {topic.id}"),
        ({"dest": "@dest", "dest_topic_id": 0}, "may not write to Dest as Own"),
        ({"send_as": "@source"}, "may not write to Forum as Source"),
        ({"rules": {"send": {"send_as": town.source.marked_id}}}, "may not write to Forum as Source"),
    ]
    for changes, words in refused:
        with pytest.raises(TelegramError, match=words):
            await edit(config_id, **changes)
    after = await row_of(deps, config_id)
    assert (after.version, after.rules, after.dest) == (before.version, before.rules, forum.marked_id)
    with pytest.raises(WriteForbidden, match="may not write to Dest as Own"):
        await add_dest(deps, config_id, NamedDest("@dest"), actor="test")
    with pytest.raises(PermanentError, match="Forum has no topic 99"):
        await add_dest(deps, config_id, NamedDest("@forum", MessageId(99)), actor="test")
    assert await further_dests(deps, config_id) == []
    await edit(config_id, rules={"send": {"send_as": own.marked_id, "silent": True}})
    await edit(config_id, dest="@dest", dest_topic_id=0, send_as="")
    assert (await row_of(deps, config_id)).dest == town.dest.marked_id


async def test_the_owner_of_the_account_looks_for_others(
    deps: Deps, account_id: AccountId, town: Town, forum: Chat
) -> None:
    """Beside a worker the answers and the refusals are the same as without one."""
    town.world.add_channel("Own", username="own", admins=[town.operator])
    topic = MessageId(town.world.add_topic(forum, "News", creator=town.operator).id)
    options: dict[str, Any] = {"source_topic": topic, "dest_topic": topic, "send_as": "@own"}
    alone = await inspect(deps, account_id, "@forum", "@forum", **options)
    async with working(deps):
        assert await inspect(deps, account_id, "@forum", "@forum", **options) == alone
        with pytest.raises(PermanentError, match="Dest has no topic 7") as missing:
            await inspect(deps, account_id, None, "@dest", dest_topic=MessageId(7))
        with pytest.raises(InvalidInput):
            await inspect(deps, account_id, None, "@forum", send_as="no chat!")
    assert missing.value.code == "TOPIC_ID_INVALID"
