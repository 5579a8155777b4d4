"""Tells connected clients what has happened."""

from collections.abc import Iterable

from tgforward.sandbox.calls import Calls
from tgforward.sandbox.wire.connection import Connection
from tgforward.sandbox.world.events import Notice
from tgforward.sandbox.world.render import update_of, wrap
from tgforward.sandbox.world.view import View
from tgforward.sandbox.world.world import World


class Pusher:
    """Sends updates to every connection of an account but the one whose request caused them."""

    def __init__(self, world: World, connections: Iterable[Connection], calls: Calls) -> None:
        self._world = world
        self._connections = connections
        self._calls = calls

    def push(self, notice: Notice) -> None:
        """Tells the account's connections of an event."""
        for connection in self._connections:
            login = connection.login
            if login is None or login.account is not notice.account or login.refusal:
                continue
            if connection.wants_updates and connection is not self._calls.current:
                view = View(self._world, notice.account)
                connection.notify(wrap(self._world, view, [update_of(view, notice.event)]))
