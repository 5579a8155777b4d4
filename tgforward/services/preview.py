"""What a config would make of messages, without sending: the run's own plan, shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from tgforward.errors import FloodWait, InvalidInput, PeerFlood, TgforwardError
from tgforward.forwarding.albums import ALBUM_SIZE
from tgforward.forwarding.links import message_link
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, SourceMessage
from tgforward.forwarding.message_links import parse_message_link
from tgforward.forwarding.plan import Delivery, ForwardBatch, Plan
from tgforward.forwarding.skips import Skipped
from tgforward.queue.asking import ask_lane
from tgforward.services.borrowing import borrowed_lane
from tgforward.services.deps import Deps
from tgforward.services.drafts import NEW, Draft, as_drafted, draft_of, new_row
from tgforward.services.known_configs import require_config
from tgforward.services.lane import Lane
from tgforward.services.loading import load_any, load_row
from tgforward.services.parking import pause_account
from tgforward.services.planning import load_prior, plan_messages
from tgforward.services.remote_errors import pack_error, raise_packed
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.reading import PAGE, fetch_after, fetch_messages, fetch_nth_newest
from tgforward.types import AccountId, ConfigId, MessageId

FUNCTION = "preview_config"
MOST = 100

Outcome = Literal["forwarded", "changed", "skipped"]


@dataclass(frozen=True, slots=True)
class PreviewedText:
    """A text with its formatting, offsets in UTF-16 code units."""

    text: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """What would become of one message; `after` has several texts where one would be too long."""

    message_id: int
    link: str
    date: datetime
    kind: str
    outcome: Outcome
    reason: str | None
    detail: str
    before: PreviewedText
    after: tuple[PreviewedText, ...]


async def preview(
    deps: Deps,
    config_id: ConfigId,
    *,
    last: int = 20,
    link: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> list[PreviewedMessage]:
    """The last messages of the source (1 to 100), or the one that a link names, as the config would forward them.

    `changes` are fields that are not stored yet, named as for `edit_config`: the texts are shown as if they were.

    Raises:
        InvalidInput: no such config, no account, no such message, a link of another chat, or a field is wrong.
        TelegramError: the account cannot read the source.
    """
    check_last(last)
    row = await require_config(deps, config_id)
    if row.account_id is None:
        raise InvalidInput(f"config {config_id} has no account: tgforward config edit {config_id} --account NAME")
    wish = (config_id, last, link, *(() if changes is None else (draft_of(row, changes),)))
    return await ask_preview(deps, AccountId(row.account_id), *wish)


def check_last(last: int) -> None:
    """Returns if so many messages can be shown.

    Raises:
        InvalidInput: they cannot.
    """
    if not 1 <= last <= MOST:
        raise InvalidInput(f"--last is {last}: give a number of messages from 1 to {MOST}")


async def ask_preview(deps: Deps, account_id: AccountId, *wish: Any) -> list[PreviewedMessage]:
    """What `preview_in` finds in the account's lane, wherever that is."""
    async with borrowed_lane(deps, account_id) as lane:
        if lane is not None:
            return await preview_in(lane, *wish)
    answer = await ask_lane(deps.redis, account_id, FUNCTION, *wish)
    raise_packed(answer)
    return [_unpack(item) for item in answer["messages"]]


async def answer_preview(
    lane: Lane, config_id: ConfigId, last: int, link: str | None, draft: Draft | None = None
) -> dict[str, Any]:
    """The job in the lane's queue: the preview, or its error, as plain data."""
    try:
        found = await preview_in(lane, config_id, last, link, draft)
    except TgforwardError as error:
        return pack_error(error)
    return {"messages": [{**asdict(item), "date": item.date.isoformat()} for item in found]}


async def preview_in(
    lane: Lane, config_id: ConfigId, last: int, link: str | None, draft: Draft | None = None
) -> list[PreviewedMessage]:
    """The same, in the process that owns the account; a wait that Telegram orders meanwhile stops all of its work."""
    try:
        return await _look(lane, config_id, last, link, draft)
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        raise


async def _look(
    lane: Lane, config_id: ConfigId, last: int, link: str | None, draft: Draft | None
) -> list[PreviewedMessage]:
    config = await _config(lane, config_id, draft)
    messages = await _fetch(lane, config, last, link)
    plan = plan_messages(config, messages, await load_prior(lane, config, messages))
    shown = _shown(config, messages, plan)
    return shown if link is None else [item for item in shown if item.message_id == _id_of(config, link)]


async def _config(lane: Lane, config_id: ConfigId, draft: Draft | None) -> ConfigSnapshot:
    if config_id == NEW and draft is not None:
        return await load_row(lane, new_row(draft, lane.account_id))
    branches = await load_any(lane, config_id)
    if not branches:
        raise InvalidInput(f"there is no config {config_id}: see tgforward config list")
    return branches[0] if draft is None else as_drafted(branches[0], draft)


async def _fetch(lane: Lane, config: ConfigSnapshot, last: int, link: str | None) -> list[SourceMessage]:
    """Oldest first; with the whole album of the linked message, since rules look at that."""
    connection = await lane.connection()
    if link is None:
        window = await fetch_nth_newest(connection, config.source, last)
        return (await fetch_after(connection, config.source, window.floor, limit=PAGE)).messages
    wanted = _id_of(config, link)
    around = range(max(1, wanted - ALBUM_SIZE + 1), wanted + ALBUM_SIZE)
    found = await fetch_messages(connection, config.source, [MessageId(number) for number in around])
    target = next((message for message in found if message.id == wanted), None)
    if target is None:
        raise InvalidInput(f"there is no message {wanted} in {config.source.title}: copy the link of one that is there")
    return [message for message in found if message is target or _is_one_album(message, target)]


def _is_one_album(message: SourceMessage, target: SourceMessage) -> bool:
    return message.grouped_id is not None and message.grouped_id == target.grouped_id


def _id_of(config: ConfigSnapshot, link: str) -> MessageId:
    return parse_message_link(link, config.source.chat_id, config.source.username)


def _shown(config: ConfigSnapshot, messages: Sequence[SourceMessage], plan: Plan) -> list[PreviewedMessage]:
    unchanged = {item.message.id for step in plan.steps if isinstance(step, ForwardBatch) for item in step.deliveries}
    sent: dict[MessageId, list[Delivery]] = {}
    for item in plan.deliveries:
        sent.setdefault(item.message.id, []).append(item)
    skipped = {item.message_id: item for item in plan.skipped}
    return [
        _one(config, message, sent.get(message.id, []), skipped.get(message.id), is_same=message.id in unchanged)
        for message in messages
    ]


def _one(
    config: ConfigSnapshot,
    message: SourceMessage,
    deliveries: Sequence[Delivery],
    skipped: Skipped | None,
    *,
    is_same: bool,
) -> PreviewedMessage:
    after = [item.message.content if item.content is None else item.content for item in deliveries]
    is_same = is_same or after == [message.content]
    return PreviewedMessage(
        message_id=message.id,
        link=message_link(config.source.chat_id, config.source.username, message.id),
        date=message.date,
        kind=_kind(message),
        outcome="skipped" if not deliveries else "forwarded" if is_same else "changed",
        reason=None if skipped is None else str(skipped.reason),
        detail="" if skipped is None else skipped.detail,
        before=_text(message.content),
        after=tuple(map(_text, after)),
    )


def _kind(message: SourceMessage) -> str:
    if message.is_service:
        return "service"
    return "text" if message.media is None else str(message.media)


def _text(content: FormattedText) -> PreviewedText:
    return PreviewedText(content.text, content.entities)


def _unpack(fields: dict[str, Any]) -> PreviewedMessage:
    texts = {"before": _unpack_text(fields["before"]), "after": tuple(map(_unpack_text, fields["after"]))}
    return PreviewedMessage(**{**fields, "date": datetime.fromisoformat(fields["date"]), **texts})


def _unpack_text(fields: dict[str, Any]) -> PreviewedText:
    entities = (Entity(**{**item, "kind": EntityKind(item["kind"])}) for item in fields["entities"])
    return PreviewedText(fields["text"], tuple(entities))
