"""All tables; importing this fills the metadata that Alembic compares with."""

from tgforward.db.models.account import AccountKind, AccountState, TelegramAccount
from tgforward.db.models.alert import Alert, AlertKind
from tgforward.db.models.api_token import ApiToken
from tgforward.db.models.audit import AuditEntry
from tgforward.db.models.config import DEFAULT_INTERVAL_S, DEFAULT_TIME_ZONE, ConfigState, TGForwardConfig
from tgforward.db.models.delivery import Delivery, DeliveryState
from tgforward.db.models.dest import DestState, ForwardDest
from tgforward.db.models.idempotency_key import IdempotencyKey
from tgforward.db.models.lane import LaneLease
from tgforward.db.models.lane_event import LaneEvent, LaneEventKind
from tgforward.db.models.peer import PeerKind, TelegramPeer
from tgforward.db.models.run import ForwardRun
from tgforward.db.models.sample import WorkerSample
from tgforward.db.models.slot_count import ConfigSlotCount
from tgforward.db.models.user import TRIAL, User
from tgforward.db.models.wait import ChatWait
from tgforward.db.models.web_session import WebSession
from tgforward.db.models.web_user import Role, WebUser
from tgforward.db.models.worker import WorkerProcess

__all__ = [
    "DEFAULT_INTERVAL_S",
    "DEFAULT_TIME_ZONE",
    "TRIAL",
    "AccountKind",
    "AccountState",
    "Alert",
    "AlertKind",
    "ApiToken",
    "AuditEntry",
    "ChatWait",
    "ConfigSlotCount",
    "ConfigState",
    "Delivery",
    "DeliveryState",
    "DestState",
    "ForwardDest",
    "ForwardRun",
    "IdempotencyKey",
    "LaneEvent",
    "LaneEventKind",
    "LaneLease",
    "PeerKind",
    "Role",
    "TGForwardConfig",
    "TelegramAccount",
    "TelegramPeer",
    "User",
    "WebSession",
    "WebUser",
    "WorkerProcess",
    "WorkerSample",
]
