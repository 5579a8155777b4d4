"""What `tgforward status` shows to people: the same as its JSON, in fewer columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tgforward.cli.tables import make_table
from tgforward.db.models.config import ConfigState
from tgforward.services.config_status import ConfigStatus
from tgforward.services.durations import shown_duration
from tgforward.services.status import AccountStatus, Status


def status_view(found: Status, width: int) -> RenderableType:
    """All parts that have something to say, for a terminal of that width."""
    return Group(*_parts(found, width))


def _parts(found: Status, width: int) -> Iterator[RenderableType]:
    yield _part(found.accounts, _account, "There is no account yet: tgforward account login NAME", width)
    yield Text()
    yield _part(found.configs, _config, "There is no config here: tgforward config add SOURCE DEST makes one", width)
    yield Text(f"\n{_counts(found.config_counts)}")
    for title, items in _troubles(found).items():
        if items:
            yield Text(f"\n{title}", style="bold")
            yield make_table([asdict(item) for item in items], width)
    yield Text(f"\n{_workers(found)}")


def _part(items: Sequence[Any], row: Any, empty: str, width: int) -> RenderableType:
    return make_table([row(item) for item in items], width) if items else Text(empty)


def _account(item: AccountStatus) -> dict[str, Any]:
    return {
        "account": item.name,
        "state": item.state,
        "owner": item.owner,
        "rests_until": item.wait_until,
        "jobs": item.waiting,
        "due": item.due,
        "oldest_due": _seconds(item.oldest_due_s),
        "stretched_by": shown_duration(item.stretched_s),
        "reason": item.reason,
    }


def _config(item: ConfigStatus) -> dict[str, Any]:
    further = f" and {item.further_dests} more" if item.further_dests else ""
    total = "" if item.history_total is None else f"/{item.history_total}"
    return {
        "id": item.id,
        "name": item.name,
        "source": item.source,
        "dest": item.dest + further,
        "state": item.state,
        "history": f"{item.history_forwarded}{total}",
        "history_left": shown_duration(item.history_left_s),
        "live": item.live_forwarded,
        "skipped": item.skipped or None,
        "dead": item.dead or None,
        "overdue": _seconds(item.overdue_s),
        "behind": item.lag,
        "last_run": item.last_run_at,
        "reason": item.reason,
    }


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f} s"


def _counts(counts: Mapping[ConfigState, int]) -> str:
    shown = ", ".join(f"{counts.get(state, 0)} {state}" for state in ConfigState)
    return f"Configs in all: {shown}"


def _troubles(found: Status) -> dict[str, Sequence[Any]]:
    return {
        "Parked dests": found.parked_dests,
        "Chats that take nothing yet": found.chat_waits,
        "Expired users": found.expired_users,
    }


def _workers(found: Status) -> str:
    if not found.workers:
        return "No worker is alive: tgforward up, or tgforward worker"
    owned = ", ".join(f"{worker.owner} ({worker.accounts} account(s))" for worker in found.workers)
    return f"Workers alive: {owned}"
