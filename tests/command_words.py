"""Whether a command line that a document or a file names can be parsed; nothing is run."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from tgforward.cli.app import app
from tgforward.cli.on_demand import OnDemand


def parse_tgforward(words: Sequence[str]) -> None:
    """Parse the words behind `tgforward` as the program would; raises what typer raises if it would refuse them."""
    command, arguments = find_command(words)
    with suppress(typer.Exit):  # --help
        command.make_context("tgforward", arguments)


def find_command(words: Sequence[str]) -> tuple[Any, list[str]]:
    """The command (typer's object) that the words name, and the words that are left for it.

    Raises:
        LookupError: there is no such command.
    """
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            raise LookupError(f"no such command: {name}")
        command = command.commands[name]
        if isinstance(command, OnDemand):
            command = command.load()
    return command, rest
