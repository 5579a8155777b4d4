"""How long texts may be that this account sends: Telegram's own figures, which differ with premium."""

from collections.abc import Mapping
from typing import Any

from telethon.tl import functions, types

from tgforward.forwarding.rules import TextLimits
from tgforward.telegram.connection import Connection


async def fetch_limits(conn: Connection) -> TextLimits:
    """The account's limits in UTF-16 code units; three requests, so keep them while the connection lasts.

    Source: core.telegram.org/api/config
    """
    config = await conn.call(functions.help.GetConfigRequest())
    app = await conn.call(functions.help.GetAppConfigRequest(hash=0))
    me = await conn.call(functions.users.GetUsersRequest([types.InputUserSelf()]))
    is_premium = any(getattr(user, "premium", False) for user in me)
    key = "caption_length_limit_premium" if is_premium else "caption_length_limit_default"
    caption = _numbers(app).get(key, config.caption_length_max)
    return TextLimits(text=config.message_length_max, caption=int(caption))


def _numbers(app: Any) -> Mapping[str, float]:
    """The figures of the app's configuration; the rest of it is of no interest here."""
    values = getattr(getattr(app, "config", None), "value", ())
    return {item.key: item.value.value for item in values if isinstance(item.value, types.JsonNumber)}
