"""Worlds that are ready to be served: for the demo, and for tests that need one of each."""

from collections.abc import Callable, Mapping
from typing import Final

from tgforward.errors import InvalidInput
from tgforward.sandbox.world.world import World


def demo_world(seed: int) -> World:
    """An editor with two public source channels, and an operator who reads them and owns the dest.

    The operator's phone number is +99966 20001, its log-in code 20001; the editor's 20002. Histories are empty.
    """
    world = World(seed)
    operator = world.add_user("operator", phone="+9996620001", username="demo_operator")
    editor = world.add_user("editor", phone="+9996620002", username="demo_editor")
    world.add_channel("Demo News", username="demo_news", admins=[editor], members=[operator])
    world.add_channel("Demo Photos", username="demo_photos", admins=[editor], members=[operator])
    world.add_channel("Demo Digest", username="demo_digest", admins=[operator])
    return world


def basic_world(seed: int) -> World:
    """One of each kind: accounts `reader`, `writer`, `basic_bot`; chats named after what is special about them.

    `reader` is a member everywhere but in "Not joined", and may post in "Dest", "Supergroup", "Forum" and "Group".
    """
    world = World(seed)
    reader = world.add_user("reader", phone="+9996610001", username="basic_reader")
    writer = world.add_user("writer", phone="+9996610002", username="basic_writer")
    bot = world.add_bot("basic_bot")
    world.add_channel("Public", username="basic_public", admins=[writer], members=[reader, bot])
    world.add_channel("Private", admins=[writer], members=[reader])
    world.add_channel("Protected", username="basic_protected", admins=[writer], members=[reader], protected=True)
    world.add_channel("Not joined", admins=[writer])
    world.add_channel("Dest", username="basic_dest", admins=[reader, bot], members=[writer])
    world.add_channel("Supergroup", admins=[writer], members=[reader, bot], broadcast=False)
    world.add_channel("Read-only", admins=[writer], members=[reader], broadcast=False, read_only=True)
    world.add_channel("Forum", admins=[writer], members=[reader], broadcast=False, forum=True)
    world.add_group("Group", admins=[writer], members=[reader])
    return world


WORLDS: Final[Mapping[str, Callable[[int], World]]] = {"demo": demo_world, "basic": basic_world, "empty": World}


def make_world(name: str, seed: int = 1) -> World:
    """The world called `name`.

    Raises:
        InvalidInput: there is no such world.
    """
    if name not in WORLDS:
        raise InvalidInput(f"there is no sandbox world called {name!r}: choose one of {', '.join(WORLDS)}")
    return WORLDS[name](seed)
