"""`tgforward alert …`: what people are told, and whether it arrives."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from tgforward.cli.output import Json, show_json, show_rows
from tgforward.cli.paging import Before, Limit, mention_more
from tgforward.cli.running import with_database
from tgforward.metrics.alerts import Way
from tgforward.services import known_alerts
from tgforward.services.database import Database
from tgforward.services.known_alerts import KnownAlert
from tgforward.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="What people are told by webhook or chat, and whether it arrives.")


@app.command("list")
def list_(before: Before = None, limit: Limit = 50, as_json: Json = False) -> None:
    """What was parked of late and when it was told, the newest first."""
    found = with_database(lambda deps: known_alerts.latest_alerts(deps, before=before, limit=limit))
    show_rows([asdict(alert) for alert in found], as_json=as_json, empty="Nothing was parked in the last 30 days.")
    mention_more(found, limit, "--before")


@app.command("test")
def tell_test(
    wait: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="How long to wait for it.")] = 30.0,
    as_json: Json = False,
) -> None:
    """Have schedulers and workers tell a test; exit code 1 if it does not arrive."""
    ways = known_alerts.ways_of(load_settings())
    found = with_database(lambda deps: _tested(deps, ways, timedelta(seconds=wait)))
    took_s = {way: _took_s(found, way) for way in ways}
    if as_json:
        show_json({"id": found.id, "took_s": took_s})
    else:
        for way in ways:
            print(f"{way}: {_said(way, took_s[way])}")
    if None in took_s.values():
        raise typer.Exit(1)


async def _tested(deps: Database, ways: list[Way], patience: timedelta) -> KnownAlert:
    return await known_alerts.wait_told(deps, await known_alerts.note_test(deps), ways, patience)


def _took_s(alert: KnownAlert, way: Way) -> float | None:
    told_at: Any = alert.told_at(way)
    return None if told_at is None else round((told_at - alert.at).total_seconds(), 1)


def _said(way: Way, took_s: float | None) -> str:
    if took_s is not None:
        return f"told after {took_s} s"
    process = "schedulers" if way == "webhook" else "worker that owns the account"
    return f"not told: look for alert_not_taken in the log of the {process}; tgforward doctor"
