"""The demo, from a checkout and from the built wheel."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, Popen

import httpx
import pytest

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
    """Nothing is lost, doubled or out of order, standard output is one JSON object, and it says where to look."""
    done = subprocess.run(
        [sys.executable, "-m", "tgforward", *QUICK],
        cwd=ROOT,
        env={**clean_environment(directory), "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert_perfect(done.stdout)
    assert "Traceback" not in done.stderr
    assert "watch it in a browser: tgforward demo --keep" in done.stderr
    assert list(directory.glob("tgforward-demo-*")) == []


def perform(program: Path, cwd: Path, environment: Mapping[str, str]) -> None:
    """The demo to Ctrl-C; what it prints lets a person into a console that shows it going on."""
    with Popen([program, *QUICK, "--keep"], cwd=cwd, env=environment, stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = _read_until(process, "password")
            url, name, password = re.findall(r"(?:browser|name|password): (\S+)", said)
            verdict = process.stdout.readline()
            watch(url, name, password)
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=60)
    assert process.returncode == 0, said + rest[1]
    assert_perfect(verdict)
    assert rest[0] == ""
    assert "Traceback" not in rest[1]


def watch(url: str, name: str, password: str) -> None:
    """Log in as a person does, and wait until more has been forwarded."""
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        csrf = re.findall(r'name="csrf" value="(\w+)"', client.get("/login").text)[0]
        page = client.post("/login", data={"name": name, "password": password, "csrf": csrf})
        assert page.status_code == 200
        assert page.url.path == "/"
        assert "demo_news" in client.get("/configs").text
        first, end = _live(client), time.monotonic() + 30
        while _live(client) <= first:
            assert time.monotonic() < end, "nothing more is forwarded"
            time.sleep(0.2)


def _live(client: httpx.Client) -> int:
    return sum(item["live_forwarded"] for item in client.get("/api/v1/configs").json()["items"])


def _read_until(process: "Popen[str]", word: str) -> str:
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if word in line:
            return line
    raise AssertionError("".join(lines))


@pytest.mark.timeout(300)  # an installation of its own
def test_the_built_wheel_runs_the_demo_alone(tmp_path: Path, directory: Path) -> None:
    """It holds everything, migrations and the console's pages included: an empty environment far from the checkout."""
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
    perform(tmp_path / "venv" / "bin" / "tgforward", tmp_path, {**environment, "TMPDIR": str(directory)})
