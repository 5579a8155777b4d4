"""Faults at the server that also tell when they happen: so a process is caught between two steps of a run."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tgforward.sandbox.control_client import SandboxControl

SENDS: Final = ("messages.ForwardMessages", "messages.SendMessage", "messages.SendMedia", "messages.SendMultiMedia")
STEPS: Final = (*SENDS, *SENDS, "messages.GetHistory", "messages.GetPeerDialogs")
LOOK_EVERY_S = 0.004
WITHIN_S = 1.5


@dataclass(frozen=True, slots=True)
class Traps:
    """Sets faults for one call of one account and waits until it comes."""

    control: SandboxControl

    async def spring(self, kind: str, *, within_s: float = WITHIN_S, **options: Any) -> bool:
        """Whether the call came; at that moment this returns, and what the fault does is under way."""
        fault = await self.control.add_fault(kind, **options)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not await self.control.fault_hits(fault):  # noqa: ASYNC110 - it happens in another process
                    await asyncio.sleep(LOOK_EVERY_S)
                return True
        await self.control.end_fault(fault)
        return False


def choose_step(random: Random) -> str:
    """A method that runs call, most often one that sends."""
    return random.choice(STEPS)


def choose_send(random: Random) -> str:
    """A method that sends."""
    return random.choice(SENDS)
