"""The demo's web console: a process, and somebody who may log in to it."""

import asyncio
import json
import secrets
from asyncio.subprocess import Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tgforward.db.models.web_user import Role
from tgforward.demo.stage import READY_S
from tgforward.errors import TgforwardError
from tgforward.services.database import Stored
from tgforward.services.web_users import add_web_user

NAME = "demo"
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where the console is, and how to get in."""

    url: str
    name: str
    password: str = field(repr=False)


async def add_person(deps: Stored) -> tuple[str, str]:
    """Somebody who may do everything; name and password, which is known to nobody else."""
    password = secrets.token_urlsafe(12)
    await add_web_user(deps, NAME, password, Role.ADMIN, actor="demo")
    return NAME, password


def console_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """On this machine only; at any free port, unless one is wished for."""
    return {
        "TGFORWARD_WEB_HOST": "127.0.0.1",
        "TGFORWARD_WEB_PORT": environment.get("TGFORWARD_WEB_PORT", "0"),
        "TGFORWARD_WEB_URL": "",
        "TGFORWARD_LOG_LEVEL": "info",
        "TGFORWARD_LOG_FORMAT": "json",
    }


async def wait_for_console(process: Process, log: Path) -> str:
    """The address, once the process says it.

    Raises:
        TgforwardError: it ended, or does not say it in time.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + READY_S
    while process.returncode is None and loop.time() < end:
        if (url := _address(log)) is not None:
            return url
        await asyncio.sleep(LOOK_EVERY_S)
    raise TgforwardError(f"the web console did not start: {log} says why")


def _address(log: Path) -> str | None:
    lines = log.read_text().splitlines()
    return next((str(json.loads(line)["url"]) for line in lines if '"web_started"' in line), None)
