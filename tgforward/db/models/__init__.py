"""All tables; importing this fills the metadata that Alembic compares with."""

from tgforward.db.models.account import AccountKind, AccountState, TelegramAccount
from tgforward.db.models.audit import AuditEntry
from tgforward.db.models.config import DEFAULT_INTERVAL_S, DEFAULT_TIME_ZONE, ConfigState, TGForwardConfig
from tgforward.db.models.delivery import Delivery, DeliveryState
from tgforward.db.models.dest import DestState, ForwardDest
from tgforward.db.models.lane import LaneLease
from tgforward.db.models.peer import PeerKind, TelegramPeer
from tgforward.db.models.run import ForwardRun
from tgforward.db.models.user import TRIAL, User
from tgforward.db.models.wait import ChatWait
from tgforward.db.models.worker import WorkerProcess

__all__ = [
    "DEFAULT_INTERVAL_S",
    "DEFAULT_TIME_ZONE",
    "TRIAL",
    "AccountKind",
    "AccountState",
    "AuditEntry",
    "ChatWait",
    "ConfigState",
    "Delivery",
    "DeliveryState",
    "DestState",
    "ForwardDest",
    "ForwardRun",
    "LaneLease",
    "PeerKind",
    "TGForwardConfig",
    "TelegramAccount",
    "TelegramPeer",
    "User",
    "WorkerProcess",
]
