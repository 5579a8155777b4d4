"""Whatever a command prints, a program can read."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from tgforward.cli.app import app
from tgforward.cli.on_demand import OnDemand

UNTIL_CTRL_C = {"up", "scheduler", "worker", "web", "shell", "sandbox serve"}
"""What prints a log, or is for people; `sandbox serve` says in JSON where it serves, always."""


def commands(command: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Every command that can be run, with the words that name it."""
    if isinstance(command, OnDemand):
        command = command.load()
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from commands(child, *path, name)
    if not isinstance(command, TyperGroup) or command.invoke_without_command:
        yield " ".join(path), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_speaks_json(words: str) -> None:
    """Those that end by themselves have --json."""
    options = {option for parameter in COMMANDS[words].params for option in parameter.opts}
    assert ("--json" in options) is (words not in UNTIL_CTRL_C)


def test_the_exceptions_are_commands() -> None:
    """An exception that is no command any more is noticed, and so is a walk that finds too little."""
    assert COMMANDS.keys() > UNTIL_CTRL_C
    assert {"config dest remove", "web token revoke", "status"} < COMMANDS.keys()
