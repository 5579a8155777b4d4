"""Passwords and tokens of the web: made, kept as hashes, and compared."""

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tgforward.errors import InvalidInput

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
TOKEN_BYTES = 32
TOKEN_PREFIX = "tgf_"  # noqa: S105 - by which a leaked token is recognised; it is no secret itself

_HASHER = PasswordHasher()  # RFC 9106's second recommendation, argon2id: 64 MB, 3 passes, 4 lanes; 60 ms here


def hash_password(password: str) -> str:
    """What is stored of a password.

    Raises:
        InvalidInput: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: choose another one")
    return _HASHER.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Whether it is the one behind `stored`; as slow when there is none, so that nobody learns which names exist."""
    try:
        return _HASHER.verify(stored or _nobodys_hash(), password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of a token: it is random, so that a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    """What a form carries to show that it comes from a page of this session; it tells nothing of the session."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_token(given: str, session_token: str) -> bool:
    """Whether it is the token of this session."""
    return hmac.compare_digest(given.encode(), csrf_token(session_token).encode())


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(new_token())
