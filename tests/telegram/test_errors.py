"""The border as a table: what Telegram says, and the error that it becomes."""

import asyncio
from datetime import timedelta

import pytest
from telethon import errors as telethon_errors
from telethon.errors import rpc_message_to_error
from telethon.tl import functions, types

from tgforward.errors import (
    AccountRevoked,
    ApiIdInvalid,
    BotCannotRead,
    ChainBroken,
    ChatProtected,
    ConnectionLost,
    DuplicateInFlight,
    EditRefused,
    FileReferenceExpired,
    FloodWait,
    LoginFailed,
    MessageGone,
    MessageRejected,
    PeerFlood,
    PeerGone,
    PermanentError,
    ServerFault,
    SlowMode,
    TelegramError,
    TransientError,
    WriteForbidden,
)
from tgforward.telegram.errors import translate

ROWS = [
    (420, "FLOOD_WAIT_3000", FloodWait),
    (420, "FLOOD_PREMIUM_WAIT_7", FloodWait),
    (420, "FLOOD_TEST_PHONE_WAIT_9", FloodWait),
    (420, "TAKEOUT_INIT_DELAY_60", FloodWait),
    (420, "SOMETHING_NEW_12", FloodWait),
    (420, "FLOOD_WITHOUT_TIME", FloodWait),
    (420, "SLOWMODE_WAIT_15", SlowMode),
    (400, "SLOWMODE_MULTI_MSGS_DISABLED", SlowMode),
    (400, "PEER_FLOOD", PeerFlood),
    (500, "RANDOM_ID_DUPLICATE", DuplicateInFlight),
    (400, "CHANNEL_PRIVATE", PeerGone),
    (400, "CHANNEL_INVALID", PeerGone),
    (403, "CHANNEL_PUBLIC_GROUP_NA", PeerGone),
    (400, "PEER_ID_INVALID", PeerGone),
    (400, "CHAT_ID_INVALID", PeerGone),
    (400, "USERNAME_NOT_OCCUPIED", PeerGone),
    (400, "USERNAME_INVALID", PeerGone),
    (400, "INVITE_HASH_EXPIRED", PeerGone),
    (400, "INPUT_USER_DEACTIVATED", PeerGone),
    (403, "CHAT_WRITE_FORBIDDEN", WriteForbidden),
    (400, "USER_BANNED_IN_CHANNEL", WriteForbidden),
    (400, "CHAT_ADMIN_REQUIRED", WriteForbidden),
    (403, "CHAT_SEND_MEDIA_FORBIDDEN", WriteForbidden),
    (403, "CHAT_SEND_PLAIN_FORBIDDEN", WriteForbidden),
    (403, "CHAT_SEND_ROUNDVIDEOS_FORBIDDEN", WriteForbidden),
    (400, "TOPIC_DELETED", WriteForbidden),
    (400, "TOPIC_CLOSED", WriteForbidden),
    (400, "TOPIC_ID_INVALID", WriteForbidden),
    (400, "CHANNEL_FORUM_MISSING", WriteForbidden),
    (400, "SEND_AS_PEER_INVALID", WriteForbidden),
    (400, "PIN_RESTRICTED", WriteForbidden),
    (403, "ALLOW_PAYMENT_REQUIRED_5", WriteForbidden),
    (400, "CHAT_FORWARDS_RESTRICTED", ChatProtected),
    (400, "MESSAGE_ID_INVALID", MessageGone),
    (400, "MESSAGE_IDS_EMPTY", MessageGone),
    (400, "FILE_REFERENCE_EXPIRED", FileReferenceExpired),
    (400, "FILE_REFERENCE_2_EXPIRED", FileReferenceExpired),
    (400, "FILE_REFERENCE_INVALID", FileReferenceExpired),
    (400, "MESSAGE_EDIT_TIME_EXPIRED", EditRefused),
    (403, "MESSAGE_AUTHOR_REQUIRED", EditRefused),
    (403, "MESSAGE_DELETE_FORBIDDEN", EditRefused),
    (400, "REPLY_MESSAGE_ID_INVALID", MessageRejected),
    (400, "REPLY_TO_INVALID", MessageRejected),
    (400, "MESSAGE_TOO_LONG", MessageRejected),
    (400, "MEDIA_CAPTION_TOO_LONG", MessageRejected),
    (400, "MEDIA_INVALID", MessageRejected),
    (400, "MEDIA_EMPTY", MessageRejected),
    (400, "MESSAGE_EMPTY", MessageRejected),
    (400, "ENTITY_BOUNDS_INVALID", MessageRejected),
    (400, "ENTITIES_TOO_LONG", MessageRejected),
    (400, "WEBPAGE_CURL_FAILED", MessageRejected),
    (400, "BOT_METHOD_INVALID", BotCannotRead),
    (406, "AUTH_KEY_DUPLICATED", AccountRevoked),
    (401, "AUTH_KEY_UNREGISTERED", AccountRevoked),
    (401, "SESSION_REVOKED", AccountRevoked),
    (401, "SESSION_EXPIRED", AccountRevoked),
    (401, "USER_DEACTIVATED", AccountRevoked),
    (401, "USER_DEACTIVATED_BAN", AccountRevoked),
    (400, "API_ID_INVALID", ApiIdInvalid),
    (400, "PHONE_NUMBER_INVALID", LoginFailed),
    (400, "PHONE_CODE_INVALID", LoginFailed),
    (400, "PASSWORD_HASH_INVALID", LoginFailed),
    (401, "SESSION_PASSWORD_NEEDED", LoginFailed),
    (400, "ACCESS_TOKEN_INVALID", LoginFailed),
    (400, "MSG_WAIT_FAILED", ChainBroken),
    (500, "RPC_CALL_FAIL", ServerFault),
    (500, "WORKER_BUSY_TOO_LONG_RETRY", ServerFault),
    (-500, "No workers running", ServerFault),
    (-503, "Timeout", ServerFault),
    (400, "A_WORD_OF_TOMORROW", PermanentError),
]


def rpc_error(code: int, word: str) -> Exception:
    request = functions.messages.SendMessageRequest(types.InputPeerSelf(), "a secret text", random_id=1)
    error = rpc_message_to_error(types.RpcError(code, word), request)
    assert isinstance(error, Exception)
    return error


@pytest.mark.parametrize(("code", "word", "expected"), ROWS, ids=[row[1] for row in ROWS])
def test_a_code_of_telegram_becomes_one_error(code: int, word: str, expected: type[TelegramError]) -> None:
    """Each of Telegram's words has exactly one meaning here, with a sentence that hides the message."""
    error = translate(rpc_error(code, word), method="messages.sendMessage")

    assert type(error) is expected
    assert "messages.sendMessage" in str(error)
    assert "secret" not in str(error)
    assert error.code


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("FLOOD_WAIT_3000", 3000), ("FLOOD_PREMIUM_WAIT_7", 7), ("SLOWMODE_WAIT_15", 15), ("SOMETHING_NEW_12", 12)],
)
def test_a_wait_keeps_telegrams_figure(word: str, seconds: int) -> None:
    """The seconds in the code are the seconds to rest."""
    error = translate(rpc_error(420, word), method="messages.sendMessage")

    assert error.retry_after == timedelta(seconds=seconds)
    assert f"{seconds} s" in str(error)


def test_a_wait_of_zero_seconds_is_still_a_wait() -> None:
    """FLOOD_WAIT_0 does not become a loop without a pause."""
    error = translate(rpc_error(420, "FLOOD_WAIT_0"), method="messages.sendMessage")

    assert error.retry_after == timedelta(seconds=1)


def test_the_code_of_a_permanent_error_is_telegrams_word() -> None:
    """A word that Telethon has a class for is given back as Telegram said it, an unknown one too."""
    known = translate(rpc_error(400, "CHANNEL_PRIVATE"), method="m")
    unknown = translate(rpc_error(400, "A_WORD_OF_TOMORROW"), method="m")

    assert (known.code, unknown.code) == ("CHANNEL_PRIVATE", "A_WORD_OF_TOMORROW")
    assert known.retry_after is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), ConnectionLost),
        (ConnectionResetError(), ConnectionLost),
        (OSError("no route to host"), ConnectionLost),
        (EOFError(), ConnectionLost),
        (asyncio.IncompleteReadError(b"", 8), ConnectionLost),
        (asyncio.CancelledError(), ConnectionLost),
        (telethon_errors.SecurityError(), ConnectionLost),
        (telethon_errors.InvalidChecksumError(1, 2), ConnectionLost),
        (telethon_errors.InvalidBufferError((-500).to_bytes(4, "little", signed=True)), ConnectionLost),
        (telethon_errors.InvalidBufferError((-429).to_bytes(4, "little", signed=True)), FloodWait),
        (telethon_errors.AuthKeyNotFound(), AccountRevoked),
        (telethon_errors.TypeNotFoundError(1, b""), PermanentError),
        (ValueError("Request was unsuccessful 2 time(s)"), ServerFault),
        (ValueError("Request payload is too big"), MessageRejected),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else repr(value),
)
def test_what_is_no_answer_of_telegram_is_translated_too(error: BaseException, expected: type[TelegramError]) -> None:
    """Lost connections, time limits and Telethon's own complaints are errors of this program as well."""
    assert type(translate(error, method="messages.getHistory")) is expected


def test_a_mistake_of_the_caller_is_not_hidden() -> None:
    """A ValueError that is about our own call stays one."""
    with pytest.raises(ValueError, match="cannot cast"):
        translate(ValueError("cannot cast this to an InputPeer"), method="messages.getHistory")


def test_every_transient_error_names_a_time() -> None:
    """Whoever catches a transient error can say when to try again."""
    errors = [translate(rpc_error(code, word), method="m") for code, word, _ in ROWS]

    assert all(error.retry_after for error in errors if isinstance(error, TransientError))
    assert not any(error.retry_after for error in errors if isinstance(error, PermanentError))
