"""Commands whose module is imported when they are used: `tgforward --help` needs none of them.

Measured on two cores: everything at once 1.0 s, `--help` 0.15 s, `config list` 0.5 s.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class OnDemand(TyperCommand):
    """A command by name and help; `target` is the module whose `app` is a group, or `module:command` for one of it."""

    def __init__(self, name: str, target: str, help_text: str) -> None:
        super().__init__(name, help=help_text, add_help_option=False)
        self.target = target

    def load(self) -> Any:
        """The command itself, in typer's terms."""
        module, _, name = self.target.partition(":")
        group = typer.main.get_group(import_module(module).app)
        return group.commands[name] if name else group

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command itself: whoever parses or completes goes on with that."""
        return self.load().make_context(info_name, args, parent, **extra)


def group_of(*commands: OnDemand) -> type[TyperGroup]:
    """The `cls` of a `typer.Typer` that has these commands, before those of its own."""

    class Group(TyperGroup):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.commands = {**{str(command.name): command for command in commands}, **self.commands}

    return Group
