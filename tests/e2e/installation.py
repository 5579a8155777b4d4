"""A whole installation made of real processes: the sandbox, and tgforward's own commands beside it."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.compose import ROOT
from tgforward.sandbox.control_client import SandboxControl

READY_S = 30
END_S = 20
WAIT_S = 45


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed with --json."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Installation:
    """An environment for tgforward's commands, and the sandbox that they speak to."""

    environment: Mapping[str, str]
    sandbox: Mapping[str, Any]
    directory: Path

    def session(self, account: str) -> str:
        """The session string of one of the sandbox's accounts."""
        return str(self.sandbox["accounts"][account]["session"])

    def run(self, *words: str, stdin: str = "", **environment: str) -> Finished:
        """`tgforward …` as a person types it."""
        command = [sys.executable, "-m", "tgforward", *words]
        return run(command, {**self.environment, **environment}, stdin=stdin)

    def run_on_terminal(self, *words: str) -> str:
        """What `tgforward …` writes to a terminal on standard error, to its end."""
        ours, theirs = os.openpty()
        command, environment = [sys.executable, "-m", "tgforward", *words], {**self.environment, "TERM": "xterm"}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b"".join(_lines(ours))
            assert process.wait(END_S) == 0, shown
        os.close(ours)
        return shown.decode()

    @contextmanager
    def start(self, command: Sequence[str], name: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product; at the end it gets SIGTERM and must end by itself."""
        log = self.directory / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**self.environment, **environment}, stdout=file, stderr=file,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.directory / f"{name}.log").read_text()

    def control(self) -> SandboxControl:
        """The sandbox's control connection."""
        return SandboxControl(self.sandbox["host"], self.sandbox["control_port"])


def _lines(terminal: int) -> Iterator[bytes]:
    """What is written to a terminal until nobody has it open any more, which Linux tells as an error."""
    with suppress(OSError):
        while some := os.read(terminal, 4096):
            yield some


def run(command: Sequence[str], environment: Mapping[str, str], *, stdin: str = "") -> Finished:
    """A command from the repository's root, to its end."""
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), input=stdin, capture_output=True, text=True, timeout=90, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@contextmanager
def serve_sandbox(world: str) -> Iterator[dict[str, Any]]:
    """`tgforward sandbox serve` in a process of its own; what it says of itself."""
    with tempfile.TemporaryDirectory(prefix="tgf-sandbox-") as directory:
        command = [sys.executable, "-m", "tgforward", "sandbox", "serve", "--world", world, "--directory", directory]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield json.loads(process.stdout.readline())
            finally:
                process.terminate()


def telegram_environment(sandbox: Mapping[str, Any]) -> dict[str, str]:
    """How tgforward finds the sandbox."""
    return {
        "TGFORWARD_TELEGRAM_API_ID": str(sandbox["api_id"]),
        "TGFORWARD_TELEGRAM_API_HASH": sandbox["api_hash"],
        "TGFORWARD_TELEGRAM_SERVER": f"{sandbox['host']}:{sandbox['port']}",
        "TGFORWARD_TELEGRAM_DC_ID": str(sandbox["dc_id"]),
        "TGFORWARD_TELEGRAM_PUBLIC_KEY": sandbox["public_key"],
    }


def clean_environment(directory: Path) -> dict[str, str]:
    """This machine's environment without any setting of tgforward, and a data directory of the test's own."""
    ours = ("TGFORWARD_", "DB_URL", "REDIS_URL", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "TGFORWARD_DATA_DIR": str(directory), "PYTHONWARNINGS": "error::ResourceWarning"}


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@asynccontextmanager
async def deadline(seconds: float = WAIT_S) -> AsyncIterator[None]:
    """Fails when what is waited for does not come."""
    async with asyncio.timeout(seconds):
        yield


def wait_for_text(path: Path, text: str, seconds: float = READY_S) -> None:
    """Until a log holds a text."""
    end = time.monotonic() + seconds
    while text not in (path.read_text() if path.exists() else ""):
        assert time.monotonic() < end, f"{text!r} did not appear in {path.name}:\n{path.read_text()}"
        time.sleep(0.05)
