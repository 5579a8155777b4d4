"""`help`: what a client asks first."""

from datetime import timedelta
from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.tl import Tl

ALBUM_AND_FORWARD_LIMIT = 100


def get_config(call: Call, _request: Tl) -> Tl:
    """`help.getConfig`: one data centre, this server."""
    now = call.world.now()
    zeroes = dict.fromkeys(
        (
            "online_update_period_ms",
            "offline_blur_timeout_ms",
            "offline_idle_timeout_ms",
            "online_cloud_timeout_ms",
            "notify_cloud_delay_ms",
            "notify_default_delay_ms",
            "push_chat_period_ms",
            "push_chat_limit",
            "rating_e_decay",
            "stickers_recent_limit",
            "channels_read_media_period",
            "call_receive_timeout_ms",
            "call_ring_timeout_ms",
            "call_connect_timeout_ms",
            "call_packet_timeout_ms",
        ),
        0,
    )
    return types.Config(
        date=now,
        expires=now + timedelta(hours=1),
        test_mode=False,
        this_dc=call.facts.dc_id,
        dc_options=[types.DcOption(call.facts.dc_id, call.facts.host, call.facts.port)],
        dc_txt_domain_name="",
        chat_size_max=200,
        megagroup_size_max=200_000,
        forwarded_count_max=ALBUM_AND_FORWARD_LIMIT,
        edit_time_limit=172_800,
        revoke_time_limit=2**31 - 1,
        revoke_pm_time_limit=2**31 - 1,
        me_url_prefix="https://t.me/",
        caption_length_max=call.world.limits.caption,
        message_length_max=call.world.limits.text,
        webfile_dc_id=call.facts.dc_id,
        **zeroes,
    )


def get_app_config(call: Call, _request: Tl) -> Tl:
    """`help.getAppConfig`: the limits that depend on premium."""
    numbers = {
        "caption_length_limit_default": call.world.limits.caption,
        "caption_length_limit_premium": call.world.limits.premium_caption,
    }
    values = [types.JsonObjectValue(key, types.JsonNumber(float(value))) for key, value in numbers.items()]
    return types.help.AppConfig(hash=1, config=types.JsonObject(values))


def get_nearest_dc(call: Call, _request: Tl) -> Tl:
    """`help.getNearestDc`."""
    return types.NearestDc("", call.facts.dc_id, call.facts.dc_id)


ROUTES: Final[Routes] = {
    functions.help.GetConfigRequest: get_config,
    functions.help.GetAppConfigRequest: get_app_config,
    functions.help.GetNearestDcRequest: get_nearest_dc,
}
