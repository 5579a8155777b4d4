"""`tgforward status`: what is going on, and why something is not."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer

from tgforward.cli.output import Json, show_json, show_rows, show_warnings
from tgforward.cli.running import load_cli_settings, with_database
from tgforward.services.database import Database
from tgforward.services.queues import ask_queues
from tgforward.services.status import Status, load_status

app = typer.Typer()


@app.command()
def status(as_json: Json = False) -> None:
    """Accounts with owners and waits, configs with counts and reasons."""
    found = with_database(_load)
    if as_json:
        show_json(asdict(found))
        return
    _show(found)


async def _load(deps: Database) -> Status:
    return await load_status(deps, await ask_queues(load_cli_settings()))


def _show(found: Status) -> None:
    _show_part(found.accounts, "There is no account yet: tgforward account login NAME")
    print()
    _show_part(found.configs, "There is no config yet: tgforward config add SOURCE DEST")
    for title, part in _further_parts(found).items():
        if part:
            print(f"\n{title}")
            _show_part(part, "")
    print(f"\n{_workers(found)}")
    if found.redis_error is not None:
        show_warnings([found.redis_error])


def _further_parts(found: Status) -> dict[str, Sequence[Any]]:
    return {
        "Parked dests": found.parked_dests,
        "Chats that take nothing yet": found.chat_waits,
        "Expired users": found.expired_users,
    }


def _show_part(items: Sequence[Any], empty: str) -> None:
    show_rows([asdict(item) for item in items], as_json=False, empty=empty)


def _workers(found: Status) -> str:
    if not found.workers:
        return "No worker is alive: tgforward up, or tgforward worker"
    owned = ", ".join(f"{worker.owner} ({worker.accounts} account(s))" for worker in found.workers)
    return f"Workers alive: {owned}"
