"""Messages of MTProto itself, answered without the API.

Source: core.telegram.org/mtproto/service_messages
"""

import time
from datetime import UTC, datetime, timedelta

from telethon.tl import functions, types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.wire.logins import Login

SILENT = (types.MsgsAck, types.MsgsStateInfo, types.MsgsAllInfo, types.MsgResendReq, types.HttpWait)
"""Nothing is answered to these: there is nothing that the server would send again."""


def answer_service(message_id: int, content: Tl, login: Login) -> Tl | None:
    """The answer to a service message; None if it is none, or needs no answer."""
    match content:
        case functions.PingRequest() | functions.PingDelayDisconnectRequest():
            return types.Pong(message_id, content.ping_id)
        case types.MsgsStateReq():
            return types.MsgsStateInfo(message_id, "\x04" * len(content.msg_ids))
        case functions.GetFutureSaltsRequest():
            now = datetime.now(UTC)
            salt = types.FutureSalt(now, now + timedelta(days=1), login.salt)
            return types.FutureSalts(message_id, int(time.time()), [salt])
        case functions.DestroySessionRequest():
            return types.DestroySessionNone(content.session_id)
        case functions.RpcDropAnswerRequest():
            return types.RpcAnswerUnknown()
    return None
