"""A small cast for the sandbox's own tests."""

import pytest

from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


@pytest.fixture
def anna(world: World) -> Account:
    """Reads News, owns Copies."""
    return world.add_user("Anna", phone="+9996612345", username="anna_ko")


@pytest.fixture
def ed(world: World) -> Account:
    """Writes News."""
    return world.add_user("Ed", phone="+9996654321")


@pytest.fixture
def news(world: World, anna: Account, ed: Account) -> Chat:
    """A public channel."""
    return world.add_channel("News", username="the_news", admins=[ed], members=[anna])


@pytest.fixture
def copies(world: World, anna: Account) -> Chat:
    """A private channel of Anna's."""
    return world.add_channel("Copies", admins=[anna])
