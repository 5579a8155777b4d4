"""Telegram's own words for what went wrong, sorted into the errors of this program."""

import re
from dataclasses import dataclass

from tgforward.errors import (
    AccountRevoked,
    ApiIdInvalid,
    BotCannotRead,
    ChainBroken,
    ChatProtected,
    DuplicateInFlight,
    EditRefused,
    FileReferenceExpired,
    LoginFailed,
    MessageGone,
    MessageRejected,
    PeerFlood,
    PeerGone,
    ServerFault,
    SlowMode,
    TelegramError,
    WriteForbidden,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error that a group of codes stands for, and what a person reads of it."""

    error: type[TelegramError]
    sentence: str
    codes: str
    """A regular expression that the whole code matches."""


REPLY_LOST = frozenset({"REPLY_MESSAGE_ID_INVALID", "REPLY_TO_INVALID"})
"""What was to be answered is gone; the same message without it is taken."""

MEANINGS = (
    Meaning(
        AccountRevoked,
        "the session is no longer valid; log in again with `tgforward account login`",
        "AUTH_KEY_(DUPLICATED|UNREGISTERED|INVALID|PERM_EMPTY|NOT_FOUND)|SESSION_(REVOKED|EXPIRED)"
        "|USER_DEACTIVATED(_BAN)?",
    ),
    Meaning(
        ApiIdInvalid,
        "TGFORWARD_TELEGRAM_API_ID and TGFORWARD_TELEGRAM_API_HASH do not belong together; see https://my.telegram.org",
        "API_ID_INVALID|API_ID_PUBLISHED_FLOOD",
    ),
    Meaning(
        LoginFailed,
        "the phone number, code, password or bot token was refused; start the log-in again",
        "PHONE_NUMBER_(INVALID|BANNED|UNOCCUPIED|FLOOD)|PHONE_CODE_(INVALID|EXPIRED|EMPTY|HASH_EMPTY)"
        "|PHONE_PASSWORD_FLOOD|PASSWORD_HASH_INVALID|SESSION_PASSWORD_NEEDED|ACCESS_TOKEN_(INVALID|EXPIRED)",
    ),
    Meaning(
        BotCannotRead,
        "bots may not read chats; use a user account for the source",
        "BOT_METHOD_INVALID",
    ),
    Meaning(
        PeerGone,
        "the account cannot see the chat (any more); join it with this account or check its id or name",
        "CHANNEL_(PRIVATE|INVALID|PUBLIC_GROUP_NA)|PEER_ID_(INVALID|NOT_SUPPORTED)|CHAT_(ID_)?INVALID"
        "|USERNAME_(NOT_OCCUPIED|INVALID)|USER_(ID_INVALID|NOT_PARTICIPANT)|INPUT_USER_DEACTIVATED"
        "|INVITE_HASH_(EMPTY|EXPIRED|INVALID)",
    ),
    Meaning(
        WriteForbidden,
        "the account may not write there; give it the right to send messages",
        "CHAT_(WRITE_FORBIDDEN|ADMIN_REQUIRED|RESTRICTED|GUEST_SEND_FORBIDDEN|SEND_[A-Z]+_FORBIDDEN)"
        "|USER_BANNED_IN_CHANNEL|TOPIC_(DELETED|CLOSED|ID_INVALID)|CHANNEL_FORUM_MISSING|USER_IS_(BLOCKED|BOT)|YOU_BLOCKED_USER"
        "|SEND_AS_PEER_INVALID|PIN_RESTRICTED|(PRIVACY_PREMIUM|ALLOW_PAYMENT)_REQUIRED(_\\d+)?",
    ),
    Meaning(
        ChatProtected,
        "the chat forbids forwarding and saving; only its owner can allow it",
        "CHAT_FORWARDS_RESTRICTED",
    ),
    Meaning(
        MessageGone,
        "the message does not exist any more",
        "MESSAGE_ID_INVALID|MESSAGE_IDS_EMPTY|MSG_ID_INVALID",
    ),
    Meaning(
        EditRefused,
        "the message can no longer be changed, or is not this account's",
        "MESSAGE_(EDIT_TIME_EXPIRED|AUTHOR_REQUIRED|DELETE_FORBIDDEN)",
    ),
    Meaning(
        MessageRejected,
        "what the message answers does not exist any more",
        "|".join(sorted(REPLY_LOST)),
    ),
    Meaning(
        FileReferenceExpired,
        "the media reference is too old; fetch the message again",
        "FILE_REFERENCE_(\\d+_)?(EXPIRED|INVALID|EMPTY)",
    ),
    Meaning(
        MessageRejected,
        "the message is refused for what it is",
        "MESSAGE_(TOO_LONG|EMPTY|POLL_CLOSED)|MEDIA_[A-Z_]+|MULTI_MEDIA_TOO_LONG|GROUPED_MEDIA_INVALID"
        "|ENTIT(Y|IES)_[A-Z_]+|(DOCUMENT|PHOTO|PHOTO_ID|FILE_ID|WEBPAGE)_(INVALID|MEDIA_EMPTY|CURL_FAILED)"
        "|POLL_[A-Z_]+|QUIZ_[A-Z_]+|BROADCAST_PUBLIC_VOTERS_FORBIDDEN|VOICE_MESSAGES_FORBIDDEN|PAYLOAD_TOO_BIG",
    ),
    Meaning(
        PeerFlood,
        "the account is limited for sending too much; let it rest, and ask @SpamBot",
        "PEER_FLOOD",
    ),
    Meaning(
        SlowMode,
        "the chat is in slow mode and takes one message at a time",
        "SLOWMODE_MULTI_MSGS_DISABLED",
    ),
    Meaning(
        DuplicateInFlight,
        "the same random_id was sent before; wait and repeat it unchanged",
        "RANDOM_ID_DUPLICATE",
    ),
    Meaning(
        ChainBroken,
        "an earlier request of the same chain failed",
        "MSG_WAIT_(FAILED|TIMEOUT)",
    ),
    Meaning(
        ServerFault,
        "Telegram failed on its own side; try again later",
        "RPC_[A-Z_]+_FAIL|TIMEOUT",
    ),
)
"""First match wins."""


def meaning_of(code: str) -> Meaning | None:
    """What Telegram's code stands for; None for one that this version does not know."""
    return next((meaning for meaning in MEANINGS if re.fullmatch(meaning.codes, code)), None)
