"""Putting slots into lanes: each slot once, each config at most once at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from arq import ArqRedis

from tgforward.queue import names
from tgforward.queue.codec import serialize
from tgforward.queue.enqueue import EXPIRES_MS, payload
from tgforward.queue.failures import reachable
from tgforward.queue.scripts import run_script
from tgforward.queue.slot_scripts import ENQUEUE_SLOTS
from tgforward.types import AccountId, ConfigId

BATCH = 500  # a script of 500 slots holds Redis for about 4 ms
_ARGS = (0, 0)  # config and version, which the script puts in
IN_FLIGHT = 2  # Redis works on one batch while the next one is made


class SlotEntry(NamedTuple):
    """A config whose slot is due; `slot_ms` is Unix time and becomes the job's score."""

    config_id: ConfigId
    version: int
    account_id: AccountId
    slot_ms: int


@dataclass(slots=True)
class SlotAnswers:
    """What became of a number of slots."""

    enqueued: int = 0
    busy: list[ConfigId] = field(default_factory=list)
    """Configs whose slot fell out because the previous run waits or runs."""
    taken: list[ConfigId] = field(default_factory=list)
    """Configs whose slot was taken before, by this or another replica."""
    former: dict[ConfigId, int] = field(default_factory=dict)
    """The slot before, in Unix milliseconds, of those that took one now; only where it was asked for and is known."""


async def enqueue_slots(redis: ArqRedis, entries: Sequence[SlotEntry], *, ask_former: bool = False) -> SlotAnswers:
    """Enqueue the slots that nobody has taken yet; safe to repeat and to run on several replicas at once.

    No config may come twice.

    Raises:
        RedisUnreachable: some or all of them may not be enqueued.
    """
    answers = SlotAnswers()
    batches = (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))

    async def work_off() -> None:
        for batch in batches:
            _add(answers, await run_script(redis, ENQUEUE_SLOTS, EXPIRES_MS, int(ask_former), *_arguments(batch)))

    async with reachable(redis):
        await asyncio.gather(*(work_off() for _ in range(min(IN_FLIGHT, -(-len(entries) // BATCH)))))
    return answers


def _arguments(entries: Sequence[SlotEntry]) -> tuple[bytes, bytes, bytes]:
    """One packed argument for all: 2,000 of them cost more than what the script does with them."""
    head, tail = payload(names.FUNCTION, _ARGS).split(serialize(_ARGS))
    numbers: dict[AccountId, int] = {}
    slots: list[str | int] = []
    for config_id, version, account_id, slot_ms in entries:
        slots += (str(config_id), version, numbers.setdefault(account_id, len(numbers) + 1), str(slot_ms))
    packed = serialize([[names.lane_queue(account) for account in numbers], slots])
    return head + serialize(_ARGS)[:1], tail, packed


def _add(answers: SlotAnswers, answer: tuple[int, list[bytes], list[bytes], list[bytes]]) -> None:
    enqueued, busy, taken, gaps = answer
    answers.enqueued += enqueued
    answers.busy += [ConfigId(int(config)) for config in busy]
    answers.taken += [ConfigId(int(config)) for config in taken]
    answers.former |= {ConfigId(int(config)): int(former) for config, former in zip(gaps[::2], gaps[1::2], strict=True)}
