"""Every error that tgforward raises on purpose, with the sentence that a person reads.

    TgforwardError                      exit code 1: it could not be done
    ├── InvalidInput                    exit code 2: what was typed or configured is wrong
    │   ├── InvalidSettings             a variable is missing or wrong
    │   ├── NotFound                    what was named does not exist, or is not the caller's to see
    │   └── Conflict                    it goes against something that exists or is under way
    ├── AccessError                     on the web
    │   ├── NotLoggedIn                 nobody knows who asks: no session, no token, or a wrong password
    │   ├── Forbidden                   the caller's role or token does not allow it
    │   └── TooManyAttempts             wait `retry_after` before the next password
    ├── DatabaseError
    │   ├── DatabaseUnreachable         no server at DB_URL, or it refuses the log-in
    │   ├── DatabaseRevisionWrong       behind, or at a revision that this version does not know
    │   └── DatabaseTooOld              a server that does not understand our statements
    ├── RedisUnreachable                no server at REDIS_URL, or the private one does not start
    ├── AlreadyRunning                  another process holds the data directory
    ├── LeaseLost                       this process may not use the account any more
    ├── CursorMoved                     another run settled the same messages
    └── TelegramError                   `retry_after` is None where waiting is useless
        ├── TransientError              the same request may succeed later
        │   ├── FloodWait               the account must rest
        │   ├── SlowMode                one chat must rest
        │   ├── PeerFlood               the account is limited for hours; Telegram names no time
        │   ├── ConnectionLost          no connection, or no answer: the request may have been executed
        │   ├── ChainBroken             an earlier request of the same chain failed: this one was not executed
        │   ├── DuplicateInFlight       an earlier send with the same random_id is not finished or is already stored
        │   ├── ServerFault             Telegram's own 500
        │   └── AccountRests            a wait goes on, or our own limit is reached; nothing was asked of Telegram
        └── PermanentError              retrying is useless
            ├── PeerGone                the account cannot see the chat (any more)
            ├── WriteForbidden          the account may not write there
            ├── ChatProtected           the chat forbids forwarding
            ├── MessageGone             one message does not exist any more
            ├── MessageRejected         one message is refused for what it is
            ├── EditRefused             one message can no longer be edited, or is not ours to edit or delete
            ├── FileReferenceExpired    the message must be fetched again
            ├── BotCannotRead           bots may not read history
            ├── LoginFailed             wrong phone, code or password
            │   └── WrongAnswer         the code or password may be given again
            ├── AccountRevoked          the session is no longer valid
            └── ApiIdInvalid            TGFORWARD_TELEGRAM_API_ID and _API_HASH do not belong together

A message names the config, the chat and the message; it never holds message text, phone numbers, passwords or sessions.
"""

from datetime import timedelta


class TgforwardError(Exception):
    """Base of all; `str(error)` is one sentence that says what is wrong and what to do."""

    exit_code = 1


class InvalidInput(TgforwardError):
    """What was typed is wrong; nothing was changed."""

    exit_code = 2


class InvalidSettings(InvalidInput):
    """An environment variable or a line of `.env` is missing or wrong."""


class NotFound(InvalidInput):
    """What was named does not exist, or is not for the caller to see."""


class Conflict(InvalidInput):
    """It goes against something that exists already or is under way."""


class AccessError(TgforwardError):
    """Who asks may not do this, or not now."""


class NotLoggedIn(AccessError):
    """Nobody knows who asks."""


class Forbidden(AccessError):
    """The caller's role or token does not allow it."""


class TooManyAttempts(AccessError):
    """Wrong passwords came too often; the next one is looked at after `retry_after`."""

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DatabaseError(TgforwardError):
    """The database cannot be used as it is."""


class DatabaseUnreachable(DatabaseError):
    """No connection to the database at `DB_URL`."""


class DatabaseRevisionWrong(DatabaseError):
    """The schema is behind this version, or ahead of it."""


class DatabaseTooOld(DatabaseError):
    """The server is a version that does not understand our statements."""


class RedisUnreachable(TgforwardError):
    """No connection to Redis."""


class AlreadyRunning(TgforwardError):
    """Another process uses what must be used by one at a time."""


class LeaseLost(TgforwardError):
    """The time for which this process owns the account has run out: nothing more may be sent."""


class CursorMoved(TgforwardError):
    """What a run meant to settle was settled by another one meanwhile; load the config again."""


class TelegramError(TgforwardError):
    """Telegram refused or did not answer; `code` is its own word for it, such as `CHANNEL_PRIVATE`."""

    retry_after: timedelta | None = None

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class TransientError(TelegramError):
    """The same request may succeed after `retry_after`."""

    retry_after: timedelta = timedelta(seconds=5)

    def __init__(self, message: str, *, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, code=code)
        if retry_after is not None:
            self.retry_after = retry_after


class FloodWait(TransientError):
    """The whole account must rest for `retry_after`, Telegram's own figure."""


class SlowMode(TransientError):
    """One chat takes the next message after `retry_after`; other chats are not concerned."""


class PeerFlood(TransientError):
    """The account is limited for sending too much; Telegram names no time."""

    retry_after = timedelta(hours=6)  # field reports: hours, not minutes


class ConnectionLost(TransientError):
    """No answer: whether the request was executed is unknown; repeat it with the same `random_id`."""


class ChainBroken(TransientError):
    """An earlier request of the same chain failed, so this one was not executed."""


class DuplicateInFlight(TransientError):
    """The same `random_id` was sent before: wait, and repeat it unchanged."""

    retry_after = timedelta(seconds=2)


class ServerFault(TransientError):
    """Telegram failed on its own side (500)."""


class AccountRests(TransientError):
    """A wait that Telegram ordered goes on, or our own limit is reached; nothing was asked of Telegram."""


class PermanentError(TelegramError):
    """Repeating the request is useless until a person changes something."""


class PeerGone(PermanentError):
    """The chat does not exist for this account: private, left, banned, or never joined."""


class WriteForbidden(PermanentError):
    """The account may not send messages to the chat."""


class ChatProtected(PermanentError):
    """The chat or message forbids forwarding and saving."""


class MessageGone(PermanentError):
    """The message was deleted before it could be forwarded."""


class MessageRejected(PermanentError):
    """This one message is refused (too long, unsupported); others are not concerned."""


class EditRefused(PermanentError):
    """This one message can no longer be changed: too old, not ours, or a forward that names its origin."""


class FileReferenceExpired(PermanentError):
    """The media reference is too old: fetch the message again and send with the same `random_id`."""


class BotCannotRead(PermanentError):
    """Bots may not read a chat's history; a source needs a user account."""


class LoginFailed(PermanentError):
    """The phone number, the code or the two-step password was refused."""


class WrongAnswer(LoginFailed):
    """The code or the two-step password is wrong; the log-in goes on with another one."""


class AccountRevoked(PermanentError):
    """The session was ended or destroyed; the account must log in again."""


class ApiIdInvalid(PermanentError):
    """The application id and hash do not belong together."""
