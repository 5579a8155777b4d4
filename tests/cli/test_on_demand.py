"""Commands are imported when they are used, and look as if they had been there all the time."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from tests.compose import ROOT
from tests.e2e.installation import clean_environment
from tgforward.cli.app import app
from tgforward.cli.on_demand import OnDemand

HEAVY = ("sqlalchemy", "telethon", "arq", "redis", "alembic", "IPython", "pydantic_settings", "tgforward.services")
PROGRAM = """
import sys
sys.argv = ["tgforward", *sys.argv[1:]]
from tgforward.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def on_demand(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, OnDemand]]:
    """Every command on demand with the words that name it."""
    if isinstance(command, OnDemand):
        yield " ".join(path), command
        command = command.load()
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from on_demand(child, (*path, name))


COMMANDS = dict(on_demand(typer.main.get_command(app)))


def imported(directory: Path, *words: str) -> tuple[str, set[str]]:
    """What `tgforward …` prints, and which modules were imported for it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=ROOT, env=clean_environment(directory), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout, set(done.stderr.split())


def heavy(modules: set[str]) -> set[str]:
    return modules & set(HEAVY)


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_of_a_list_is_the_commands_own(words: str) -> None:
    """The short text that stands in for a command says what the command itself says first."""
    command = COMMANDS[words]
    itself = command.load()
    assert not isinstance(itself, OnDemand)
    assert command.help == itself.help.strip().split("\n\n")[0]


def test_every_part_of_the_program_is_there() -> None:
    """A command that is left out of the table would be noticed."""
    assert {"config add", "account login", "dead replay", "account resume", "up", "worker", "demo"} <= COMMANDS.keys()
    files = {path.stem for path in (ROOT / "tgforward/cli").glob("*.py") if "\napp = typer.Typer(" in path.read_text()}
    used = {command.target.partition(":")[0].rpartition(".")[2] for command in COMMANDS.values()}
    assert files - {"app"} == used


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """`tgforward --help` answers at once: it imports no module that a command works with."""
    out, modules = imported(tmp_path, "--help")
    assert heavy(modules) == set()
    assert "Enqueue configs now" in out


@pytest.mark.parametrize(
    "words", [("config", "list"), ("account", "list"), ("user", "list"), ("dead", "list"), ("runs",)]
)
def test_what_the_database_knows_needs_nothing_else(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Neither Telethon nor arq nor Alembic is imported, and no private Redis is started."""
    imported(tmp_path, "status")  # makes the database, which Alembic is needed for
    (tmp_path / "redis").rename(tmp_path / "former")
    out, modules = imported(tmp_path, *words, "--json")
    assert out == "[]\n"
    assert heavy(modules) == {"sqlalchemy", "pydantic_settings", "tgforward.services"}
    assert not (tmp_path / "redis").exists()


def test_processes_do_without_what_only_commands_need(tmp_path: Path) -> None:
    """Alembic and IPython stay out of the worker and the scheduler."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, worker.lifecycle, scheduler.lifecycle; print(*sys.modules)"],
        cwd=ROOT, env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert heavy(set(done.stdout.split())) & {"alembic", "IPython"} == set()


@pytest.mark.parametrize(
    ("line", "offered"),
    [("tgforward conf", "config"), ("tgforward config ed", "edit"), ("tgforward config edit --add-t", "--add-text")],
)
def test_the_shell_completes(tmp_path: Path, line: str, offered: str) -> None:
    """Commands, commands of commands, and the options of one that is on demand."""
    words = line.split()
    environment = {
        **clean_environment(tmp_path),
        "_TGFORWARD_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    program = Path(sys.executable).with_name("tgforward")
    done = subprocess.run(
        [str(program)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == [offered], done.stderr


def test_bash_takes_the_completion(tmp_path: Path) -> None:
    """What `--show-completion` prints is a script that registers it; `--install-completion` has a new shell load it."""
    program = str(Path(sys.executable).with_name("tgforward"))
    environment = {**clean_environment(tmp_path), "HOME": str(tmp_path)}
    (tmp_path / ".bashrc").touch()
    shown = f'eval "$({program} --show-completion bash)" && complete -p tgforward'
    installed = f"{program} --install-completion bash >/dev/null && . ~/.bashrc && complete -p tgforward"
    for script in (shown, installed):
        done = subprocess.run(
            ["bash", "--norc", "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.stdout.startswith("complete -o default -F _tgforward_completion"), done.stderr
