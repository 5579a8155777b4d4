"""Commands that take chat ids: `-1001234567890` is an argument there, not an option."""

import re
from collections.abc import Iterator, Sequence

from typer.core import TyperCommand, TyperOption

NUMBER = re.compile(r"-\d+")


class TakesChatIds(TyperCommand):
    """A command whose arguments may be negative numbers; everything else with a dash is still an option."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Put the options first and the arguments behind `--`, where a dash has no meaning."""
        if "--" not in args:
            options, arguments = _split(args, self._names_with_value())
            args = [*options, "--", *arguments]
        return super().parse_args(ctx, args)  # type: ignore[arg-type]  # typer's own click context

    def _names_with_value(self) -> frozenset[str]:
        options = (param for param in self.params if isinstance(param, TyperOption) and not param.is_flag)
        return frozenset(name for option in options for name in option.opts)


def _split(args: Sequence[str], names_with_value: frozenset[str]) -> tuple[list[str], list[str]]:
    options: list[str] = []
    arguments: list[str] = []
    words: Iterator[str] = iter(args)
    for word in words:
        if not word.startswith("-") or NUMBER.fullmatch(word):
            arguments.append(word)
            continue
        options.append(word)
        if word in names_with_value:
            options += [value for value in [next(words, None)] if value is not None]
    return options, arguments
