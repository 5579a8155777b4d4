"""How the remote control names things: chats by username, title or marked id, accounts by name, messages by id."""

from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.world import World


class NamingControl:
    """Finds what a request names."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _account(self, name: str) -> Account:
        return self._world.account(name)

    def _maybe_account(self, name: str | None) -> Account | None:
        return None if name is None else self._account(name)

    def _chat(self, name: str | int) -> Chat:
        return self._world.chat(name)

    def _message(self, chat: str | int, message_id: int) -> StoredMessage:
        found = self._chat(chat)
        viewer = None if found.is_channel else found.accounts()[0]
        return found.history(viewer).messages[message_id]
