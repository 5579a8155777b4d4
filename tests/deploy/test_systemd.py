"""The units for systemd."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_words import parse_tgforward
from tests.deploy.queries import DEPLOY
from tests.fixtures import needs

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = "/opt/tgforward/bin/tgforward"

each_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)


@pytest.fixture
def analyze() -> str:
    """It works without systemd running."""
    return shutil.which("systemd-analyze") or needs.unavailable("systemd", "systemd-analyze is not on the path")


def verify(analyze: str, folder: Path) -> str:
    """What systemd says against the units there."""
    names = [str(folder / unit.name.replace("@", "@1")) for unit in UNITS]
    words = [analyze, "verify", "--man=no", *names]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def copied(folder: Path) -> Path:
    """The units, with the program of this machine: one that does not exist is a fault."""
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    return folder


def test_systemd_takes_the_units(analyze: str, tmp_path: Path) -> None:
    """It knows every section and key."""
    assert verify(analyze, copied(tmp_path)) == ""


def test_a_mistyped_key_is_noticed(analyze: str, tmp_path: Path) -> None:
    """The check can fail."""
    unit = copied(tmp_path) / "tgforward.service"
    unit.write_text(unit.read_text().replace("RestartSec=", "RestratSec="))

    assert "RestratSec" in verify(analyze, tmp_path)


@each_service
def test_units_run_commands_that_exist(unit: Path) -> None:
    """As nobody's root, with the settings from one file, and with time to end."""
    values = dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line and line[0] != "#")
    program, *words = values["ExecStart"].split()

    assert program == PROGRAM
    parse_tgforward(words)
    assert values["User"] == "tgforward"
    assert values["EnvironmentFile"] == "/etc/tgforward.env"
    assert int(values["TimeoutStopSec"]) >= 30
    assert values["Environment"] == f"TGFORWARD_DATA_DIR={values['WorkingDirectory']}"
    assert values["WorkingDirectory"] == f"/var/lib/{values['StateDirectory']}"


@each_service
def test_units_are_fenced_in_alike(unit: Path) -> None:
    """Whatever one process may not do, no other may."""
    assert _fence(unit) == _fence(DEPLOY / "systemd/tgforward.service") != ""


def _fence(unit: Path) -> str:
    text = unit.read_text()
    return text[text.index("NoNewPrivileges=") : text.index("[Install]")]
