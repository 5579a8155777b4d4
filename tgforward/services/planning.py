"""Step 4 of a run: what is sent for some messages of a config's source, given what the ledger says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.db.deliveries import load_hashes, load_sent
from tgforward.db.session import reading
from tgforward.forwarding.albums import group_albums
from tgforward.forwarding.duplicates import content_hash
from tgforward.forwarding.identity import part_of
from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.plan import Known, Plan, make_plan
from tgforward.forwarding.rules import DEFAULT_LIMITS, TextLimits
from tgforward.services.lane import Lane
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.services.template_context import template_context
from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class Prior:
    """What earlier runs left behind that decides about these messages."""

    limits: TextLimits = DEFAULT_LIMITS
    copies: Mapping[MessageId, MessageId] = field(default_factory=dict)
    """What source messages became in the dest, as far as replies and pins need it."""
    hashes: Mapping[int, MessageId] = field(default_factory=dict)

    def known(self, settled: frozenset[tuple[MessageId, int]]) -> Known:
        """As the plan takes it."""
        return Known(settled=settled, replies=frozenset(self.copies), hashes=self.hashes)


async def load_prior(lane: Lane, config: ConfigSnapshot, messages: Sequence[SourceMessage]) -> Prior:
    """What the plan of these messages depends on; nothing is asked where the config's rules do not need it."""
    limits = DEFAULT_LIMITS if config.rules.are_empty else await lane.limits()
    targets = _targets(config, messages)
    hashes = _hashes(config, messages)
    if not targets and not hashes:
        return Prior(limits)
    async with reading(lane.deps.session_factory) as session:
        chat, number = config.source.chat_id, config.dest_number
        rows = await load_sent(session, config.id, chat, targets, dest_number=number) if targets else []
        since = lane.deps.clock.now() - timedelta(days=config.rules.duplicate_days or 0)
        known = await load_hashes(session, config.id, hashes, dest_number=number, since=since) if hashes else {}
    first, dest = part_of(number), config.dest.chat_id
    here = (row for row in rows if row.part == first and row.dest_chat_id == dest)  # not where it forwarded before
    copies = {MessageId(row.source_message_id): row.dest_message_id for row in here if row.dest_message_id}
    return Prior(limits, copies, known)


def plan_messages(
    config: ConfigSnapshot,
    messages: Sequence[SourceMessage],
    prior: Prior,
    settled: frozenset[tuple[MessageId, int]] = frozenset(),
    *,
    revision: int = 0,
) -> Plan:
    """The plan for messages, oldest first; the parts in `settled` were sent or given up before."""
    return make_plan(
        messages,
        config.rules,
        config_id=config.id,
        epoch=config.epoch,
        context=template_context(config),
        limits=prior.limits,
        chat_is_protected=config.source.protected,
        options=config.options,
        dest_number=config.dest_number,
        revision=revision,
        source_topic=config.source_topic,
        known=prior.known(settled),
    )


def _targets(config: ConfigSnapshot, messages: Sequence[SourceMessage]) -> set[MessageId]:
    """The messages that others answer or pin."""
    replies = {message.reply_to for message in messages} if config.options.replies else set()
    pins = {message.pins for message in messages} if config.options.pins else set()
    return {target for target in replies | pins if target is not None}


def _hashes(config: ConfigSnapshot, messages: Sequence[SourceMessage]) -> set[int]:
    if config.rules.duplicate_days is None:
        return set()
    return {content_hash(unit) for unit in group_albums(messages)}
