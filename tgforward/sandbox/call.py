"""What a method of the API gets to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.wire.logins import Login, Logins
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.view import View
from tgforward.sandbox.world.world import World

DuplicateMode = Literal["original", "error"]
MissingReplyMode = Literal["no_reply", "error"]


@dataclass(slots=True)
class Facts:
    """What the server is: its address, its application, and how it answers where Telegram's answers differ.

    `duplicates` is about a repeated `random_id`, `missing_replies` about a reply to a message that is not there.
    """

    host: str
    port: int
    dc_id: int
    api_id: int
    api_hash: str = field(repr=False)
    duplicates: DuplicateMode = "original"
    missing_replies: MissingReplyMode = "no_reply"


@dataclass(frozen=True, slots=True)
class Call:
    """One request being executed."""

    world: World
    logins: Logins
    facts: Facts
    login: Login

    @property
    def account(self) -> Account:
        """Who calls.

        Raises:
            Refusal: nobody has logged in with this auth key.
        """
        if self.login.account is None:
            raise Refusal("AUTH_KEY_UNREGISTERED")
        return self.login.account

    def view(self) -> View:
        """The world as the caller sees it."""
        return View(self.world, self.account)


Handler: TypeAlias = Callable[[Call, Tl], Tl]
Routes: TypeAlias = Mapping[type, Handler]
