"""What compose.yaml says: for the tests that check it, and for those that run its commands without an engine."""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


def load_compose() -> dict[str, Any]:
    """The whole file, with its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def service(name: str) -> dict[str, Any]:
    """One service as it is written."""
    found: dict[str, Any] = load_compose()["services"][name]
    return found


def service_command(name: str) -> list[str]:
    """What the service's container runs, such as `["python", "-m", "arq", "worker.WorkerSettings"]`."""
    written = service(name)
    return [*written.get("entrypoint", ()), *written["command"]]


def health_command(name: str) -> list[str]:
    """What the engine runs in the container to see whether it works."""
    kind, *command = service(name)["healthcheck"]["test"]
    assert kind == "CMD", "a shell form could not be run here"
    return list(command)


def runnable(command: list[str]) -> list[str]:
    """The same command by the interpreter that runs the tests; run it in `ROOT` or with `PYTHONPATH` set to it."""
    match command:
        case ["python", *rest]:
            return [sys.executable, *rest]
        case ["tgforward", *rest]:
            return [sys.executable, "-m", "tgforward", *rest]
        case _:
            return command
