"""Faults at the server that also tell when they happen: so a process is caught between two steps of a run."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tgforward.sandbox.control_client import SandboxControl

SENDS: Final = ("messages.ForwardMessages", "messages.SendMessage", "messages.SendMedia", "messages.SendMultiMedia")
ONE_OF_MANY: Final = "messages.SendMessage"
"""Changed messages are sent one by one: who is caught at one has more work before it."""
STEPS: Final = (*SENDS, *SENDS, "messages.GetHistory", "messages.GetPeerDialogs")
LOOK_EVERY_S = 0.004
WITHIN_S = 1.5


@dataclass(slots=True)
class Traps:
    """Sets faults for one call of one account and waits until it comes."""

    control: SandboxControl
    sprung: Counter[str] = field(default_factory=Counter)
    """How often a call came, by its method."""

    async def spring(self, kind: str, *, method: str | None = None, **options: Any) -> bool:
        """Whether the call came; at that moment this returns, and what the fault does is under way."""
        fault = await self.control.add_fault(kind, method=method, **options)
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN_S):
                while not await self.control.fault_hits(fault):  # noqa: ASYNC110 - it happens in another process
                    await asyncio.sleep(LOOK_EVERY_S)
                self.sprung[method or "any"] += 1
                return True
        await self.control.end_fault(fault)
        return False


def choose_step(random: Random) -> str:
    """A method that runs call, most often one that sends."""
    return random.choice(STEPS)


def choose_send(random: Random) -> str:
    """A method that sends."""
    return random.choice(SENDS)
