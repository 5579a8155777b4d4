"""Which entry of a document is which stored config."""

from collections.abc import Callable, Hashable, Mapping, Sequence

from tgforward.services.bulk.shape import Shape, route_of, text_of
from tgforward.types import ConfigId

Key = Callable[[Shape], Hashable]


def match(shapes: Sequence[Shape], stored: Mapping[ConfigId, Shape]) -> list[ConfigId | None]:
    """The config that each shape is, or None: the same throughout, else of the same name and route, name, or route.

    Where several are alike, the first is the one with the lowest number.
    """
    found: list[ConfigId | None] = [None] * len(shapes)
    free = dict(stored)
    for key in (text_of, _name_and_route, _name, route_of):
        waiting = _by_key(free, key)
        for place, shape in enumerate(shapes):
            numbers = waiting.get(key(shape)) if found[place] is None and waiting else None
            if numbers:
                found[place] = number = numbers.pop()
                del free[number]
    return found


def _by_key(free: Mapping[ConfigId, Shape], key: Key) -> dict[Hashable, list[ConfigId]]:
    waiting: dict[Hashable, list[ConfigId]] = {}
    for number in sorted(free, reverse=True):
        waiting.setdefault(key(free[number]), []).append(number)
    waiting.pop(None, None)
    return waiting


def _name(shape: Shape) -> Hashable:
    return shape.get("name")


def _name_and_route(shape: Shape) -> Hashable:
    return shape.get("name"), route_of(shape)
