"""A document of configs as it is read from a file."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import yaml

from tgforward.errors import InvalidInput
from tgforward.forwarding.ruleset_errors import InvalidRules
from tgforward.services.bulk.checks import Checks
from tgforward.services.bulk.document import KINDS, TOP, Document, Entry, Fault, FaultyFile
from tgforward.services.bulk.nodes import Nodes, line_at, line_of
from tgforward.services.config_fields import WORDS
from tgforward.services.spots import NamedDest


def read_document(text: str, called: str) -> Document:
    """The configs of a YAML text; `called` names it in errors.

    Raises:
        InvalidInput: it is no YAML (JSON is YAML too).
        FaultyFile: entries are wrong; every fault is named.
    """
    with _no_collecting():
        nodes = Nodes(text, called)
        reading = _Reading(nodes)
        entries = [reading.entry(node) for node in _list(nodes.root, called)]
    if reading.faults:
        raise FaultyFile(called, reading.faults)
    return Document(called, entries)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nobody looks for garbage: among the nodes of 10,000 entries there is none, and looking took 2 of 3 seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _list(root: yaml.Node | None, called: str) -> Sequence[yaml.Node]:
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1:
        key, value = root.value[0]
        if key.value == TOP and isinstance(value, yaml.SequenceNode):
            return list(value.value)
    raise FaultyFile(called, [Fault(1, f"the file must be `{TOP}:` and a list under it")])


class _Reading:
    """The entries of one document while they are read."""

    def __init__(self, nodes: Nodes) -> None:
        self.faults: list[Fault] = []
        self._nodes, self._checks = nodes, Checks()

    def entry(self, node: yaml.Node) -> Entry:
        line = line_of(node)
        if not isinstance(node, yaml.MappingNode):
            self._fault(line, "this is no config: write source, dests and so on, each with its value")
            return Entry(line, {})
        before, values, lines = len(self.faults), dict[str, Any](), dict[str, int]()
        for key, value in node.value:
            self._key(str(key.value), line_of(key), value, values, lines)
        dests = values.pop("dests", ())
        for key, value in (("source", values.get("source")), ("dests", dests)):
            if not value and not any(fault.line == lines.get(key) for fault in self.faults[before:]):
                self._fault(lines.get(key, line), f"the config has no {key}")
        try:
            self._checks.together(values)
        except InvalidInput as error:
            blamed = [lines[key] for key in (*WORDS, "rules") if key in lines and str(error).startswith(key)]
            self._fault(blamed[0] if blamed else line, str(error))
        return Entry(line, values, dests, lines)

    def _key(self, key: str, line: int, node: yaml.Node, values: dict[str, Any], lines: dict[str, int]) -> None:
        if key in lines:
            self._fault(line, f"{key} stands twice")
        lines[key] = line
        if key not in KINDS:
            self._fault(line, f"there is no {key}: the keys are {', '.join(KINDS)}")
        elif (twice := self._nodes.doubled(node)) is not None:
            self._fault(line_of(twice), f"{twice.value} stands twice")
        else:
            self._value(key, line, node, values)

    def _value(self, key: str, line: int, node: yaml.Node, values: dict[str, Any]) -> None:
        try:
            if key == "dests" and isinstance(node, yaml.SequenceNode):
                values[key] = self._dests(node)
                return
            value = self._checks.value(key, self._nodes.value(node))
            if value or (key == "account" and value is None):
                values[key] = value
        except InvalidRules as error:
            for place, text in error.mistakes.items():
                self._fault(line_at(node, place, line), text)
        except InvalidInput as error:
            self._fault(line, str(error))
        except ValueError:
            self._fault(line, f"{key} cannot be read: write plain values")

    def _dests(self, node: yaml.SequenceNode) -> list[NamedDest]:
        found = []
        for item in node.value:
            try:
                found.append(self._checks.dest(self._nodes.value(item)))
            except ValueError:
                self._fault(line_of(item), "a dest must be CHAT or CHAT/TOPIC")
            except InvalidInput as error:
                self._fault(line_of(item), str(error))
        return found

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))
