"""What stands in place of a match of a regular expression: text and groups of the match."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tgforward.errors import InvalidInput
from tgforward.forwarding.patterns import Spans

_TOKEN = re.compile(r"\\(?:(?P<number>[0-9]{1,2})|g<(?P<name>\w+)>|(?P<escape>[\\nt]))|\\(?P<wrong>.{0,1})", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t"}
_HELP = r"use \1 or \g<name> for a group, \n for a new line, \\ for a backslash"


@dataclass(frozen=True, slots=True)
class Replacement:
    r"""Literal text and numbers of groups; 0 is all of the match."""

    _pieces: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str, *, groups: int, names: Mapping[str, int]) -> Self:
        r"""The replacement in `text`, with `\1` or `\g<name>` for a group of the regular expression.

        Raises:
            InvalidInput: the expression has no such group, or a backslash stands before something else.
        """
        pieces: list[str | int] = []
        position = 0
        for token in _TOKEN.finditer(text):
            pieces += (text[position : token.start()], _piece(token, groups, names))
            position = token.end()
        return cls((*pieces, text[position:]))

    def expand(self, text: str, spans: Spans) -> str:
        """The replacement for one match in `text`; a group that took no part is empty."""
        pieces = (
            piece if isinstance(piece, str) else text[max(spans[piece][0], 0) : max(spans[piece][1], 0)]
            for piece in self._pieces
        )
        return "".join(pieces)


def _piece(token: re.Match[str], groups: int, names: Mapping[str, int]) -> str | int:
    if token["escape"] is not None:
        return _ESCAPES[token["escape"]]
    if token["wrong"] is not None:
        raise InvalidInput(f"{token[0]} is not known: {_HELP}")
    reference = token["number"] or token["name"]
    number = int(reference) if reference.isdecimal() else names.get(reference, groups + 1)
    if number > groups:
        raise InvalidInput(f"{token[0]} names no group: the regular expression has {groups}")
    return number
