"""A file of another forwarder as plain data, with the line of everything in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tgforward.errors import InvalidInput
from tgforward.services.bulk.nodes import Nodes, line_of
from tgforward.services.foreign.remarks import Path

_YES = ("true", "yes", "on", "1", "y", "t")


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """What the file says, and where."""

    data: Mapping[str, Any]
    lines: Mapping[Path, int]


def read_file(text: str, called: str) -> ForeignFile:
    """A YAML or JSON file whose outermost part has keys.

    Raises:
        InvalidInput: it is no such file.
    """
    nodes = Nodes(text, called)
    try:
        data = None if nodes.root is None else nodes.value(nodes.root)
    except ValueError as error:
        raise InvalidInput(f"{called} holds something else than plain data: tgforward reads no such file") from error
    if nodes.root is None or not isinstance(data, dict):
        raise InvalidInput(f"{called} has no keys: give the config file of the other program")
    return ForeignFile({str(key): value for key, value in data.items()}, dict(_lines(nodes.root, ())))


def mapping(value: object) -> dict[str, Any]:
    """The keys of a part; none if it is left out or something else."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The items of a list or set; a single value is one."""
    if isinstance(value, set | dict):
        return sorted(value, key=str)
    return list(value) if isinstance(value, list) else [] if value in (None, "") else [value]


def is_yes(value: object) -> bool:
    """Whether a switch is on, as YAML 1.1 and environment files spell it."""
    return str(value).strip().lower() in _YES


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, line_of(node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)))
            yield (*path, str(key.value)), line_of(key)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*path, number))
