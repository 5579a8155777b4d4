"""How long texts may be."""

import pytest

from tests.telegram.conftest import Connect
from tgforward.forwarding.limits import DEFAULT_LIMITS, TextLimits
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.text import Limits
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.limits import fetch_limits


async def test_an_account_has_telegrams_limits(world: World, conn: Connection) -> None:
    """They are asked for, not taken as known."""
    assert await fetch_limits(conn) == DEFAULT_LIMITS

    world.limits = Limits(text=500, caption=50)

    assert await fetch_limits(conn) == TextLimits(text=500, caption=50)


@pytest.fixture
def premium(world: World) -> Account:
    """An account that pays."""
    return world.add_user("Pia", premium=True)


async def test_premium_accounts_have_longer_captions(connect: Connect, premium: Account, world: World) -> None:
    """Texts are as long as everybody's."""
    limits = await fetch_limits(await connect(premium))

    assert limits == TextLimits(text=DEFAULT_LIMITS.text, caption=world.limits.premium_caption)
    assert limits.caption > DEFAULT_LIMITS.caption
