"""Forward configs: made, changed and removed; everything is checked before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tgforward.db.audit import record_change
from tgforward.db.configs import add_config as store_config
from tgforward.db.configs import edit_config as store_edit
from tgforward.db.configs import remove_config as delete_config
from tgforward.db.configs import set_config_state
from tgforward.db.dests import add_dest, list_dests
from tgforward.db.models import ForwardDest
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import load_user
from tgforward.errors import InvalidInput
from tgforward.queue.enqueue import forget
from tgforward.services.config_chats import Chats, look_at, sender_in, store_chats
from tgforward.services.config_fields import check_fields
from tgforward.services.config_rules import changed_rules
from tgforward.services.deps import Deps
from tgforward.services.known_configs import account_of, choose_account, require_config
from tgforward.services.spots import NamedDest, Spot, check_route, parse_dest
from tgforward.types import AccountId, ChatId, ConfigId

MOVES = frozenset(("source", "dest", "source_topic_id", "dest_topic_id"))


@dataclass(frozen=True, slots=True)
class StoredConfig:
    """A config that was stored, and what its owner should know."""

    id: ConfigId
    warnings: tuple[str, ...]


async def add_config(
    deps: Deps,
    *,
    source: str,
    dest: str,
    account: str | None,
    fields: Mapping[str, Any],
    actor: str,
    also: Sequence[str] = (),
    is_paused: bool = False,
) -> StoredConfig:
    """Make a config after checking that the account can read the source and write to every dest.

    `fields` are columns, `rules` (a whole rule set), `send` and `follow` (single options of it) and `send_as` (a
    chat); `also` names further dests, each `CHAT` or `CHAT/TOPIC`; one that is paused runs when it is resumed.

    Raises:
        InvalidInput, TelegramError: a field is wrong, a chat or topic is unknown, or the account lacks the right.
    """
    values, further = check_fields(fields), [parse_dest(text) for text in also]
    await _check_user(deps, fields)
    chosen = await choose_account(deps, account)
    chats = await look_at(
        deps,
        chosen.id,
        source=source,
        source_topic=values.get("source_topic_id"),
        dest=NamedDest(dest, values.get("dest_topic_id")),
        further=further,
        send_as=_sender(fields, values.get("rules")),
    )
    values = {"forward_history_count": 0, **values, **_columns(chats), "account_id": chosen.id}
    values |= _named_sender(values.get("rules"), fields, chats)
    spots = _spots(chats, further)
    _check_route(values, spots)

    async def store(session: Session) -> ConfigId:
        await store_chats(session, chosen.id, chats)
        config = await store_config(session, **values)
        if is_paused:
            await set_config_state(session, config.id, ConfigState.PAUSED, reason=None)
        for spot in spots:
            await add_dest(session, config.id, spot.chat_id, spot.topic_id)
        detail = values | {"also": [[spot.chat_id, spot.topic_id] for spot in spots]}
        await record_change(session, actor=actor, action="config.add", target=str(config.id), detail=detail)
        return config.id

    return StoredConfig(await in_transaction(deps.session_factory, store), chats.warnings)


def _spots(chats: Chats, further: Sequence[NamedDest]) -> list[Spot]:
    return [Spot(peer.chat_id, named.topic_id) for peer, named in zip(chats.further, further, strict=True)]


async def edit_config(
    deps: Deps, config_id: ConfigId, changes: Mapping[str, Any], *, account: str | None, actor: str
) -> StoredConfig:
    """Change fields of a config, named as for a new one; chats are checked like those of a new one.

    Raises:
        InvalidInput: no such config, or a field is wrong.
        TelegramError: a chat or topic is unknown, or the account lacks the right.
    """
    row = await require_config(deps, config_id)
    values = check_fields(changes, stored_rules=row.rules)
    await _check_user(deps, changes)
    async with reading(deps.session_factory) as session:
        dests = (await list_dests(session, [config_id])).get(config_id, [])
    account_id, chats = await _look_again(deps, row, changes, values, account, dests)
    if _is_moved(changes, account):
        values |= _columns(chats) | {"account_id": account_id}
    values |= _named_sender(values.get("rules", row.rules), changes, chats)
    if not values:
        raise InvalidInput("there is nothing to change: name at least one field, see tgforward config edit --help")
    if MOVES & values.keys():
        _check_route(_route(row) | values, [Spot(dest.chat_id, dest.topic_id) for dest in dests])

    async def store(session: Session) -> None:
        if account_id is not None:
            await store_chats(session, account_id, chats)
        await store_edit(session, config_id, **values)
        await record_change(session, actor=actor, action="config.edit", target=str(config_id), detail=dict(values))

    await in_transaction(deps.session_factory, store)
    return StoredConfig(config_id, chats.warnings)


async def remove_config(deps: Deps, config_id: ConfigId, *, actor: str) -> None:
    """Remove a config with its deliveries, runs and waiting job.

    Raises:
        InvalidInput: no such config.
    """
    await require_config(deps, config_id)

    async def store(session: Session) -> None:
        await delete_config(session, config_id)
        await record_change(session, actor=actor, action="config.remove", target=str(config_id), detail={})

    await in_transaction(deps.session_factory, store)
    await forget(deps.redis, config_id)


async def _check_user(deps: Deps, fields: Mapping[str, Any]) -> None:
    user_id = fields.get("user_id")
    if user_id is None:
        return
    async with reading(deps.session_factory) as session:
        if await load_user(session, user_id) is None:
            raise InvalidInput(f"there is no user {user_id}: tgforward user add {user_id}")


async def _look_again(
    deps: Deps,
    row: TGForwardConfig,
    changes: Mapping[str, Any],
    values: Mapping[str, Any],
    account: str | None,
    dests: Sequence[ForwardDest],
) -> tuple[AccountId | None, Chats]:
    """The chats that an edit concerns, and who looked: another account has to be let into all of them."""
    is_moved, sender = _is_moved(changes, account), _sender(changes, values.get("rules", row.rules))
    is_other_sender = sender is not None and sender != sender_in(row.rules)
    is_source_concerned = is_moved or values.get("source_topic_id") is not None
    is_dest_concerned = is_moved or is_other_sender or values.get("dest_topic_id") is not None
    if not (is_source_concerned or is_dest_concerned):
        return None, Chats()
    chosen = await account_of(deps, row, account)
    are_all_concerned = is_other_sender or chosen.id != row.account_id
    named = NamedDest(str(changes.get("dest", row.dest)), values.get("dest_topic_id", row.dest_topic_id))
    return chosen.id, await look_at(
        deps,
        chosen.id,
        source=str(changes.get("source", row.source)) if is_source_concerned else None,
        source_topic=values.get("source_topic_id", row.source_topic_id),
        dest=named if is_dest_concerned else None,
        further=[NamedDest(str(dest.chat_id), dest.topic_id) for dest in dests] if are_all_concerned else [],
        send_as=sender,
    )


def _is_moved(changes: Mapping[str, Any], account: str | None) -> bool:
    """Whether an edit names a chat or the account."""
    return account is not None or not changes.keys().isdisjoint(("source", "dest"))


def _sender(fields: Mapping[str, Any], rules: object) -> str | None:
    """In whose name messages are sent: the chat that is named, or the one in the rule set."""
    return fields["send_as"] or None if "send_as" in fields else sender_in(rules)


def _columns(chats: Chats) -> dict[str, Any]:
    assert chats.source is not None
    assert chats.dest is not None
    return {"source": chats.source.chat_id, "dest": chats.dest.chat_id}


def _named_sender(rules: object, fields: Mapping[str, Any], chats: Chats) -> dict[str, Any]:
    """The rule set with the chat in whose name is sent, if that was named; an empty name takes it away."""
    if "send_as" not in fields:
        return {}
    sender = None if chats.send_as is None else chats.send_as.chat_id
    return {"rules": changed_rules(rules, {"send": {"send_as": sender}})}


def _route(row: TGForwardConfig) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MOVES}


def _check_route(values: Mapping[str, Any], further: Sequence[Spot]) -> None:
    source = Spot(ChatId(values["source"]), values.get("source_topic_id"))
    check_route(source, [Spot(ChatId(values["dest"]), values.get("dest_topic_id")), *further])
