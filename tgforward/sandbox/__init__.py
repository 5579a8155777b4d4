"""A Telegram server on loopback, for the demo, the tests and the benchmarks."""

from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.world import World

__all__ = ["Sandbox", "World"]
