"""The demo, from a checkout and from the built wheel."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.compose import ROOT
from tests.e2e.installation import clean_environment

QUICK = ("demo", "--json", "--seconds", "5", "--messages", "24")


def assert_perfect(output: str) -> None:
    """One JSON object: everything arrived, some of it was skipped, and the processes are small."""
    found = json.loads(output)
    assert (found["lost"], found["doubled"], found["out_of_order"], found["unexpected"]) == (0, 0, 0, 0)
    assert found["forwarded"] == found["history"] + found["live"]
    assert found["history"] >= 20
    assert found["live"] >= 5
    assert found["skipped"] >= 1
    assert set(found["memory_mb"]) == {"scheduler", "worker"}


def test_the_demo_of_the_checkout(directory: Path) -> None:
    """Nothing is lost, doubled or out of order, and standard output is one JSON object."""
    command = [sys.executable, "-m", "tgforward", *QUICK]
    done = subprocess.run(
        command, cwd=ROOT, env=clean_environment(directory), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert_perfect(done.stdout)
    assert "Traceback" not in done.stderr


def test_the_built_wheel_runs_the_demo_alone(tmp_path: Path, directory: Path) -> None:
    """The wheel holds everything, migrations included: an empty environment far from the checkout runs the demo."""
    environment = clean_environment(directory)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True, symlinks=os.name != "nt")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "requirements" / "lock.txt",
         f"{wheel}[embedded]"],
        cwd=tmp_path, env=environment, check=True,
    )  # fmt: skip
    command = [str(tmp_path / "venv" / "bin" / "tgforward"), *QUICK]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert_perfect(done.stdout)
