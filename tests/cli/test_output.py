"""Colours and widths: for people at a terminal, and for nobody else."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from tests.compose import ROOT
from tests.e2e.installation import Finished, clean_environment, run

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
WORDS = ("-m", "tgforward", "user", "list")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with two users."""
    kept = {name: value for name, value in clean_environment(tmp_path).items() if name not in {"NO_COLOR", "COLUMNS"}}
    made = {**kept, "TERM": "xterm-256color"}
    for user in ("6001", "123456789012345678"):
        assert tgforward(made, "user", "add", user).code == 0
    return made


def tgforward(environment: Mapping[str, str], *words: str) -> Finished:
    return run([sys.executable, "-m", "tgforward", *words], environment)


def on_terminal(environment: Mapping[str, str], columns: int) -> str:
    """What a terminal of that width is sent."""
    child = pexpect.spawn(
        sys.executable, list(WORDS), cwd=str(ROOT), env=dict(environment), dimensions=(40, columns), timeout=60,
        encoding="utf-8",
    )  # fmt: skip
    out = child.read()
    child.close()
    assert child.exitstatus == 0
    return str(out)


def test_a_terminal_gets_colours_unless_it_wants_none(environment: dict[str, str]) -> None:
    """NO_COLOR is kept to: what remains of the style is no colour."""
    assert COLOUR.search(on_terminal(environment, 100))
    plain = on_terminal({**environment, "TERM": "dumb"}, 100)
    assert not COLOUR.search(plain)
    codes = COLOUR.findall(on_terminal({**environment, "NO_COLOR": "1"}, 100))
    assert {"\x1b[1m", "\x1b[0m"} >= set(codes)


@pytest.mark.parametrize("columns", [34, 50, 100])
def test_a_terminal_gets_lines_as_wide_as_it_is(environment: dict[str, str], columns: int) -> None:
    """A narrow one gets the same in more lines."""
    lines = COLOUR.sub("", on_terminal(environment, columns)).splitlines()
    assert max(len(line) for line in lines) <= columns
    assert sum("123456789012345678" in line for line in lines) == 1


def test_a_pipe_gets_plain_lines(environment: dict[str, str]) -> None:
    """One line for each thing, however narrow the terminal is said to be."""
    out = tgforward({**environment, "COLUMNS": "20"}, "user", "list").out
    assert "\x1b" not in out
    assert len(out.splitlines()) == 3


def test_more_than_was_asked_for_is_mentioned_beside_the_list(environment: dict[str, str]) -> None:
    """On standard error, with the option that goes on; the JSON stays one value."""
    first = tgforward(environment, "user", "list", "--limit", "1", "--json")
    (user,) = first.json()
    assert first.err == f"there may be more: --after {user['id']}\n"
    second = tgforward(environment, "user", "list", "--limit", "2", "--after", user["id"], "--json")
    assert len(second.json()) == 1
    assert second.err == ""


def test_who_changed_what_is_listed(environment: dict[str, str]) -> None:
    """The newest first, by what matters; a date that is none is one sentence."""
    entries = tgforward(environment, "audit", "--action", "user", "--json").json()
    assert [(entry["action"], entry["target"]) for entry in entries] == [
        ("user.add", "123456789012345678"),
        ("user.add", "6001"),
    ]
    assert entries[0]["actor"].startswith("cli:")
    assert tgforward(environment, "audit", "--until", "2000-01-01", "--json").json() == []
    assert "6001" in tgforward(environment, "audit", "--target", "6001").out
    refused = tgforward(environment, "audit", "--since", "yesterday")
    assert (refused.code, refused.err) == (
        2,
        "error: --since is no date: give one such as 2030-12-31 or 2030-12-31T18:00\n",
    )


def test_watching_ends_in_peace(environment: dict[str, str]) -> None:
    """`status --watch` shows a page that Ctrl-C ends with code 0; in a pipe it is one JSON value after the other."""
    child = pexpect.spawn(
        sys.executable, ["-m", "tgforward", "status", "--watch", "--every", "0.1"], cwd=str(ROOT),
        env=environment, dimensions=(40, 100), timeout=60, encoding="utf-8",
    )  # fmt: skip
    child.expect("There is no account yet")
    child.expect("Configs in all: 0 active")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "Traceback" not in str(child.before)
