"""Values in a YAML document whose lines are still known."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from tgforward.errors import InvalidInput
from tgforward.services.documents import QuickLoader, json_as_yaml, place_of

_TAG = "tag:yaml.org,2002:"
_SCALARS: Mapping[str, Callable[[str], Any]] = {
    f"{_TAG}str": str,
    f"{_TAG}int": int,
    f"{_TAG}bool": lambda text: text.lower() == "true",
    f"{_TAG}null": lambda _: None,
}


def line_of(node: yaml.Node) -> int:
    """The line in which it begins, counted from 1."""
    return int(node.start_mark.line) + 1


def line_at(node: yaml.Node, place: Sequence[int | str], line: int) -> int:
    """The line of a place inside of a node that is said to begin in `line`; of what is nearest to it."""
    for key in place:
        if isinstance(node, yaml.MappingNode) and (pair := _pair(node, key)) is not None:
            line, node = line_of(pair[0]), pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = line_of(node)
    return line


def _pair(node: yaml.MappingNode, key: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    return next((pair for pair in node.value if pair[0].value == str(key)), None)


class Nodes:
    """The nodes of one YAML text (JSON is YAML too)."""

    def __init__(self, text: str, called: str) -> None:
        """Read it.

        Raises:
            InvalidInput: it is no YAML; says in which line.
        """
        try:
            self._loader = QuickLoader(json_as_yaml(text))
            self.root: yaml.Node | None = self._loader.get_single_node()
        except yaml.YAMLError as error:
            raise InvalidInput(f"{called} is no YAML{place_of(error)}") from error
        self._plain: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        """The plain data of a node.

        Raises:
            ValueError: it is none.
        """
        if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
            return _SCALARS[node.tag](node.value)
        try:
            return self._loader.construct_document(node)
        except (yaml.YAMLError, TypeError) as error:
            raise ValueError("no plain data") from error

    def doubled(self, node: yaml.Node) -> yaml.ScalarNode | None:
        """A key that stands twice in a mapping, at whatever depth; an alias is looked into once."""
        if isinstance(node, yaml.ScalarNode) or id(node) in self._plain:
            return None
        self._plain.add(id(node))
        inner = list(node.value)
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in keys:
                    return key
                keys.add(str(key.value))
            inner = [value for _, value in node.value]
        return next((found for item in inner if (found := self.doubled(item)) is not None), None)
