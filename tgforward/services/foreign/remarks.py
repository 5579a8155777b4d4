"""What is in a file of another forwarder and has no equivalent here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Where something stands: the keys and positions that lead there."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is otherwise than it was."""

    line: int
    place: str
    text: str


@dataclass(slots=True)
class Remarks:
    """They are collected while a file is translated; what is said twice is kept once."""

    lines: Mapping[Path, int]
    """The line of each place of the file."""
    _found: dict[Remark, None] = field(default_factory=dict)

    def add(self, path: Path, text: str) -> None:
        """Say it of a place."""
        known = next((path[:end] for end in range(len(path), -1, -1) if path[:end] in self.lines), ())
        self._found[Remark(self.lines.get(known, 1), _written(path), text)] = None

    def sorted(self) -> list[Remark]:
        """All of them, in the order of the file."""
        return sorted(self._found, key=lambda remark: remark.line)


def _written(path: Path) -> str:
    keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return keys.removeprefix(".")
