"""What waits for a person, and what waits for a time: parked configs, parked accounts, flood waits."""

import structlog

from tgforward.db.accounts import lock_account, set_account_state, set_account_wait
from tgforward.db.alerts import note_alert
from tgforward.db.configs import set_config_state
from tgforward.db.dests import set_dest_state
from tgforward.db.models.account import AccountState
from tgforward.db.models.alert import AlertKind
from tgforward.db.models.config import ConfigState
from tgforward.db.models.dest import DestState
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.db.waits import set_wait
from tgforward.errors import PeerFlood, SlowMode, TelegramError, TgforwardError, TransientError
from tgforward.services.lane import Lane, Pause
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.types import ChatId, ConfigId

log = structlog.get_logger()


async def park_config(lane: Lane, config_id: ConfigId, error: TgforwardError) -> None:
    """Stop one config until a person resumes it; the reason is shown by `status`."""
    lane.forget(config_id)

    async def store(session: Session) -> None:
        await set_config_state(session, config_id, ConfigState.PARKED, reason=str(error))
        note_alert(session, AlertKind.CONFIG_PARKED, lane.account_id, str(error), config_id=config_id)

    await in_transaction(lane.deps.session_factory, store)
    log.error("config_parked", config_id=config_id, account_id=lane.account_id, reason=type(error).__name__)


async def park_dest(lane: Lane, config: ConfigSnapshot, error: TgforwardError) -> None:
    """Stop one further dest of a config until a person resumes the config; its other dests go on."""
    lane.forget(config.id)

    async def store(session: Session) -> None:
        await set_dest_state(session, config.id, config.dest_number, DestState.PARKED, reason=str(error))
        about = (AlertKind.DEST_PARKED, lane.account_id, str(error))
        note_alert(session, *about, config_id=config.id, dest_number=config.dest_number)

    await in_transaction(lane.deps.session_factory, store)
    log.error(
        "dest_parked",
        config_id=config.id,
        dest_number=config.dest_number,
        account_id=lane.account_id,
        reason=type(error).__name__,
    )


async def park_account(lane: Lane, error: TelegramError) -> None:
    """Stop an account and all its configs until a person logs it in again; of several jobs that call it one does."""
    await lane.close()

    async def store(session: Session) -> None:
        account = await lock_account(session, lane.account_id)
        if account is None or account.state is AccountState.PARKED:
            return
        await set_account_state(session, lane.account_id, AccountState.PARKED, reason=str(error))
        note_alert(session, AlertKind.ACCOUNT_PARKED, lane.account_id, str(error))

    await in_transaction(lane.deps.session_factory, store)
    log.error("account_parked", account_id=lane.account_id, code=error.code)


async def pause_account(lane: Lane, error: TransientError) -> None:
    """Let an account rest until Telegram's deadline; stored, so that the next owner keeps it too."""
    pause = Pause(lane.deps.clock.now() + error.retry_after, error.code or str(error))
    lane.pause(pause)
    lane.deps.metrics.requests.must_wait("account", error.retry_after)

    async def store(session: Session) -> None:
        await set_account_wait(session, lane.account_id, until=pause.until, reason=pause.reason)

    await in_transaction(lane.deps.session_factory, store)
    is_limited = isinstance(error, PeerFlood)  # Telegram suspects spam: a person should look
    alert = log.error if is_limited else log.warning
    alert("account_paused", account_id=lane.account_id, code=error.code, until=pause.until.isoformat())


async def pause_chat(lane: Lane, chat_id: ChatId, error: SlowMode) -> None:
    """Send nothing to one chat until its slow mode allows it; stored like the waits of an account."""
    pause = Pause(lane.deps.clock.now() + error.retry_after, error.code or str(error))
    lane.pause_chat(chat_id, pause)
    lane.single_dests.add(chat_id)
    lane.deps.metrics.requests.must_wait("chat", error.retry_after)

    async def store(session: Session) -> None:
        await set_wait(session, lane.account_id, chat_id, pause.until, pause.reason)

    await in_transaction(lane.deps.session_factory, store)
    log.info("chat_paused", account_id=lane.account_id, code=error.code, until=pause.until.isoformat())
