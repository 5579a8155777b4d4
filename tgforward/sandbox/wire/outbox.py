"""Numbers and encrypts what the server sends within one client session."""

import time

from tgforward.sandbox.wire.cipher import Envelope, seal_packet
from tgforward.sandbox.wire.logins import Login

ANSWER, NOTIFICATION = 1, 3


class Outbox:
    """Message ids rise and are odd, sequence numbers count what the client must acknowledge."""

    def __init__(self, login: Login, key_id: int, session_id: int) -> None:
        self._key_id = key_id
        self.session_id = session_id
        self._login = login
        self._last_id = 0
        self._sequence = 0

    def seal(self, body: bytes, kind: int, *, is_content: bool) -> bytes:
        """The packet that carries `body`."""
        now = int(time.time() * 2**32) & ~3
        self._last_id = max(now, (self._last_id & ~3) + 4) | kind
        seq_no = self._sequence * 2 + is_content
        self._sequence += is_content
        envelope = Envelope(self._login.salt, self.session_id, self._last_id, seq_no, body)
        return seal_packet(self._login.keys[self._key_id], self._key_id, envelope)
