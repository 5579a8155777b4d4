"""The document of many configs: `configs:` and under it an entry for each; every fault is named with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tgforward.errors import InvalidInput
from tgforward.services.config_fields import WORDS
from tgforward.services.spots import NamedDest

TOP = "configs"
KINDS: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "source": (int, str),
    "source_topic": (int,),
    "dests": (list,),
    "account": (str,),
    "user": (str, int),
    "interval_second": (int,),
    "history": (int,),
    "time_zone": (str,),
    **dict.fromkeys(WORDS, (str,)),
    "rules": (dict,),
    "instant": (bool,),
    "paused": (bool,),
}
"""What may stand behind each key of an entry; nothing may stand behind all of them."""
SHOWN = 100
"""Faults that one error names; a file that is wrong throughout is wrong for one reason."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line of the file."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One config as the file has it."""

    line: int
    values: Mapping[str, Any]
    """What stands there by key, without what is empty; rules as they are stored. An account of None means none."""
    dests: Sequence[NamedDest] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each key."""

    def fault(self, key: str, text: str) -> Fault:
        """A fault of what stands behind a key."""
        return Fault(self.lines.get(key, self.line), text)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file, without fault as far as the file alone can tell."""

    called: str
    """What errors call it."""
    entries: Sequence[Entry]


class FaultyFile(InvalidInput):
    """A file of configs is wrong; each fault is named with its line."""

    def __init__(self, called: str, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        lines = [f"{called}, line {fault.line}: {fault.text}" for fault in self.faults[:SHOWN]]
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        super().__init__("\n".join(["nothing was changed:", *lines, *more]))
