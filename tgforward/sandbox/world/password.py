"""The two-step password: the server's half of SRP.

Source: core.telegram.org/api/srp
"""

import hmac
import os
import secrets
from hashlib import sha256

from telethon.password import compute_hash
from telethon.tl import types

from tgforward.sandbox.dh import DH_PRIME, G
from tgforward.sandbox.tl import Tl

SIZE = 256


class TwoStepPassword:
    """What the server keeps of a password, and the challenge that it has given out."""

    def __init__(self, password: str, hint: str = "") -> None:
        self.hint = hint
        self.algorithm = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
            salt1=os.urandom(40), salt2=os.urandom(16), g=G, p=_pad(DH_PRIME)
        )
        self._verifier = pow(G, int.from_bytes(compute_hash(self.algorithm, password), "big"), DH_PRIME)
        self.srp_id = 0
        self._secret = 0
        self._public = 0

    def challenge(self) -> bytes:
        """A new `srp_B`; the answer must carry the new `srp_id`."""
        self.srp_id = secrets.randbits(62)
        self._secret = secrets.randbits(2048) % DH_PRIME
        multiplier = int.from_bytes(sha256(_pad(DH_PRIME) + _pad(G)).digest(), "big")
        self._public = (multiplier * self._verifier + pow(G, self._secret, DH_PRIME)) % DH_PRIME
        return _pad(self._public)

    def is_proved_by(self, answer: Tl) -> bool:
        """Whether the client's `inputCheckPasswordSRP` shows that it knows the password."""
        if answer.srp_id != self.srp_id:
            return False
        client_public = int.from_bytes(answer.A, "big")
        scrambler = int.from_bytes(sha256(_pad(client_public) + _pad(self._public)).digest(), "big")
        shared = pow(client_public * pow(self._verifier, scrambler, DH_PRIME), self._secret, DH_PRIME)
        hashes = zip(sha256(_pad(DH_PRIME)).digest(), sha256(_pad(G)).digest(), strict=True)
        proof = sha256(
            bytes(a ^ b for a, b in hashes)
            + sha256(self.algorithm.salt1).digest()
            + sha256(self.algorithm.salt2).digest()
            + _pad(client_public)
            + _pad(self._public)
            + sha256(_pad(shared)).digest()
        ).digest()
        return hmac.compare_digest(proof, answer.M1)


def _pad(number: int) -> bytes:
    return number.to_bytes(SIZE, "big")
