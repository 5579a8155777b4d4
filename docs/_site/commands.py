"""The page of all commands, from what `tgforward … --help` knows."""

from collections.abc import Iterator
from typing import Any

import typer

from tgforward.cli.app import app
from tgforward.cli.on_demand import OnDemand


def page() -> str:
    """Every command with its arguments and options."""
    head = "# Commands\n\nMade from the program itself: each command says the same with `--help`."
    return "\n\n".join([head, *_sections(typer.main.get_command(app), "tgforward")]) + "\n"


def _sections(command: Any, name: str) -> Iterator[str]:
    """One for each command, those of a group after it."""
    if isinstance(command, OnDemand):
        command = command.load()
    if name != "tgforward":
        yield _section(command, name)
    for word, sub in sorted(getattr(command, "commands", {}).items()):
        if not sub.hidden:
            yield from _sections(sub, f"{name} {word}")


def _section(command: Any, name: str) -> str:
    rows = [_row(parameter) for parameter in command.params if "--help" not in parameter.opts]
    table = ["| argument or option | default | meaning |", "|---|---|---|", *rows] if rows else []
    level = "##" if name.count(" ") == 1 else "###"
    return "\n\n".join(filter(None, [f"{level} {name}", command.help or "", "\n".join(table)]))


def _row(parameter: Any) -> str:
    is_argument = parameter.param_type_name == "argument"
    names = (
        [parameter.metavar or parameter.name.upper()] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    )
    shown = ", ".join(f"`{name}`" for name in names)
    default = "required" if parameter.required else _default(parameter.default)
    return f"| {shown} | {default} | {_cell(getattr(parameter, 'help', None) or '')} |"


def _default(value: object) -> str:
    is_nothing = value is None or value is False or value in ((), [], "") or callable(value)
    return "" if is_nothing else f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
