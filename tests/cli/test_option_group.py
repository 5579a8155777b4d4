"""Options that stand in a dataclass look and work like those of a plain command."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from tgforward.cli.app import app as tgforward
from tgforward.cli.negative_ids import TakesChatIds
from tgforward.cli.option_group import takes_groups


@dataclass(frozen=True, slots=True)
class Paint:
    colour: Annotated[str | None, typer.Option("--colour", help="Which colour.")] = None
    matt: Annotated[bool | None, typer.Option("--matt/--no-matt")] = None


app = typer.Typer()


@app.command(cls=TakesChatIds)
@takes_groups
def paint(wall: str, options: Paint, coats: Annotated[int, typer.Option()] = 1) -> None:
    """Paint a wall."""
    typer.echo(f"{wall} {options} {coats}")


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["north"], "north Paint(colour=None, matt=None) 1"),
        (["--no-matt", "-5", "--coats", "2", "--colour", "-7"], "-5 Paint(colour='-7', matt=False) 2"),
    ],
)
def test_the_fields_of_a_group_are_options(words: list[str], printed: str) -> None:
    """The command gets the group, filled in; what was not typed has the field's default."""
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.output) == (0, f"{printed}\n")


def test_the_help_is_that_of_the_command() -> None:
    """Docstring and options of the group stand in the help."""
    text = CliRunner().invoke(app, ["--help"]).output
    assert "Paint a wall." in text
    assert "--colour" in text
    assert "--no-matt" in text


@pytest.mark.parametrize("command", ["add", "edit"])
def test_both_commands_take_the_same_options(command: str) -> None:
    """Whatever a new config may be given can be changed later."""
    context = typer.main.get_command(tgforward).commands["config"].load().commands[command].load()  # type: ignore[attr-defined]  # groups of ours
    names = {name for parameter in context.params for name in parameter.opts}
    assert {"--interval", "--rules", "--topic", "--from-topic", "--mode", "--send-as", "--account", "--json"} <= names
