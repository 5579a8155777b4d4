"""Step 4 of a run: what is sent for some messages of a config's source."""

from collections.abc import Sequence

from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.plan import Plan, make_plan
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.services.template_context import template_context
from tgforward.types import MessageId


def plan_messages(
    config: ConfigSnapshot, messages: Sequence[SourceMessage], settled: frozenset[MessageId] = frozenset()
) -> Plan:
    """The plan for messages, oldest first; those in `settled` were sent or given up before."""
    return make_plan(
        messages,
        config.rules,
        config_id=config.id,
        epoch=config.epoch,
        context=template_context(config),
        chat_is_protected=config.source.protected,
        already_sent=settled,
    )
