"""The programs that ours is compared with: installed into an environment of their own, each run as a process."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).with_name("requirements-peers.txt")
PLACE = Path(__file__).parents[1] / ".venv-peers"
TIMEOUT_S = 900


def peer_python() -> Path:
    """The interpreter that has the peers; they are installed at the first call, which takes a minute."""
    python, mark = PLACE / "bin" / "python", PLACE / "installed"
    wanted = REQUIREMENTS.read_text()
    if not mark.exists() or mark.read_text() != wanted:
        venv.create(PLACE, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], check=True)
        mark.write_text(wanted)
    return python


def run_peer(script: Path, *arguments: object, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """What a script prints in the last line of its output, as JSON, run by the interpreter of the peers."""
    command = [str(peer_python()), str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise RuntimeError(f"{script.name} ended with code {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
