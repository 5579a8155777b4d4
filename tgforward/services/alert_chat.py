"""The owner of one account writes to the operations chat what was parked, once for each event.

Many events at once are one text: what the first was, and how many came within a minute. Which these are is settled
before anything is written, so that a process that ends in between and its successor write the same.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from tgforward.db.accounts import load_account
from tgforward.db.alerts import count_due_for_chat, list_due_for_chat, mark_chat_done
from tgforward.db.models.alert import Alert
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import (
    AccountRevoked,
    DatabaseError,
    FloodWait,
    InvalidInput,
    LeaseLost,
    PeerFlood,
    PermanentError,
    SlowMode,
    TgforwardError,
    TransientError,
)
from tgforward.forwarding.identity import hash64
from tgforward.services.alerts import LOOK_EVERY_S, TELL_FOR, Notice, name_accounts
from tgforward.services.lane import Lane
from tgforward.services.operations_chat import OperationsChat
from tgforward.services.pacing import TokenBucket
from tgforward.services.parking import park_account, pause_account, pause_chat
from tgforward.types import RandomId

AGAIN_S = 300.0  # what a person must mend is tried again so often
LONGEST_WAIT_S = 60.0
MOST_APART = 10  # Telegram takes some twenty a minute in a group, and nobody reads more
APART_PER_S = 1 / 6
CROWD = timedelta(minutes=1)
SETTLED = timedelta(seconds=10)  # longer than the transaction takes that parks

log = structlog.get_logger()


async def keep_writing(lane: Lane) -> None:
    """Write each event until cancelled; ends at once where the lane's account is not the one that writes."""
    chat = lane.deps.settings.alert_chat
    if chat is None or not await _is_writer(lane):
        return
    writer = ChatWriter(lane, OperationsChat(lane, chat))
    while True:
        pause_s = await writer.attempt()
        await asyncio.sleep(pause_s)


async def _is_writer(lane: Lane) -> bool:
    while True:
        try:
            async with reading(lane.deps.session_factory) as session:
                account = await load_account(session, lane.account_id)
        except DatabaseError as error:
            log.warning("alerts_not_loaded", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)
        else:
            return account is not None and account.name == lane.deps.settings.alert_account


@dataclass(slots=True)
class ChatWriter:
    """Writes in the name of one lane's account."""

    lane: Lane
    chat: OperationsChat
    _apart: TokenBucket = field(default_factory=lambda: TokenBucket(APART_PER_S, MOST_APART))

    async def attempt(self) -> float:
        """Write what is due; how many seconds to wait until the next attempt."""
        try:
            await self._write_all()
        except DatabaseError as error:
            log.warning("alerts_not_loaded", error=str(error))
        except LeaseLost:
            pass  # whoever owns the account now goes on
        except TgforwardError as error:
            self.lane.deps.metrics.alerts.tried("chat", is_told=False)
            return await self._refused(error)
        return LOOK_EVERY_S

    async def _write_all(self) -> None:
        deps = self.lane.deps
        async with reading(deps.session_factory) as session:
            due = await list_due_for_chat(session, since=deps.clock.now() - TELL_FOR, limit=MOST_APART + 1)
            notices = await name_accounts(session, due)
        if len(notices) > MOST_APART:
            await self._write_crowd(notices[0])
            return
        for notice in notices:
            if self._apart.wait_s(deps.clock.monotonic()) > 0:
                return  # what gathers meanwhile may be a crowd
            self._apart.take(1)
            await self._write(notice.text, notice.alert, timedelta(0), _random_id("alert", notice.alert))

    async def _write_crowd(self, first: Notice) -> None:
        """The first event and the number of those within the minute, once no more can come to them."""
        deps, alert = self.lane.deps, first.alert
        if deps.clock.now() < alert.at + CROWD + SETTLED:
            return
        async with reading(deps.session_factory) as session:
            others = await count_due_for_chat(session, alert, CROWD) - 1
        text = f"{first.text}\nand {others} more within a minute: tgforward status" if others > 0 else first.text
        await self._write(text, alert, CROWD, _random_id("alerts", alert))

    async def _write(self, text: str, first: Alert, span: timedelta, random_id: RandomId) -> None:
        await self.chat.write(text, random_id)
        self.lane.deps.metrics.alerts.tried("chat", is_told=True)
        await in_transaction(self.lane.deps.session_factory, lambda session: mark_chat_done(session, first, span))
        log.info("alert_told", way="chat", alert_id=first.id)

    async def _refused(self, error: TgforwardError) -> float:
        """What stops the account or its chat is noted as for any other send; how many seconds to wait."""
        log.warning("alert_not_taken", way="chat", account_id=self.lane.account_id, reason=type(error).__name__)
        match error:
            case FloodWait() | PeerFlood():
                await pause_account(self.lane, error)
            case SlowMode() if self.chat.chat_id is not None:
                await pause_chat(self.lane, self.chat.chat_id, error)
            case AccountRevoked():
                await park_account(self.lane, error)
                return AGAIN_S
            case PermanentError() | InvalidInput():
                self.chat.forget()
                return AGAIN_S
        wait = error.retry_after if isinstance(error, TransientError) else None
        return LONGEST_WAIT_S if wait is None else min(wait.total_seconds(), LONGEST_WAIT_S)


def _random_id(what: str, first: Alert) -> RandomId:
    """The same in every process; another installation of the same account has others."""
    return RandomId(hash64(what, first.id, first.at.isoformat()))
