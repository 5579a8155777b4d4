"""`tgforward status`: what is going on, and why something is not."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Annotated, TypeAlias

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from tgforward.cli.output import Json, open_console, show_json, show_warnings
from tgforward.cli.paging import After, Limit, mention_more
from tgforward.cli.running import load_cli_settings, with_database
from tgforward.cli.status_view import status_view
from tgforward.db.models.config import ConfigState
from tgforward.services.config_status import ConfigPage
from tgforward.services.database import Database
from tgforward.services.queues import Look, ask_queues
from tgforward.services.status import Status, load_status
from tgforward.types import ConfigId

app = typer.Typer()

LookAt: TypeAlias = Callable[[Database], Awaitable[Status]]

Account = Annotated[str | None, typer.Option("--account", metavar="NAME", help="Only configs of this account.")]
State = Annotated[ConfigState | None, typer.Option("--state", help="Only configs in this state.")]
Watch = Annotated[bool, typer.Option("--watch", help="Look again and again until Ctrl-C.")]
Every = Annotated[float, typer.Option("--every", min=0.1, metavar="SECONDS", help="How often, with --watch.")]

Lag = Annotated[bool, typer.Option("--lag", help="Ask the workers how many messages each config is behind.")]


@app.command()
def status(
    watch: Watch = False,
    every: Every = 2.0,
    state: State = None,
    account: Account = None,
    after: After = None,
    limit: Limit = 50,
    lag: Lag = False,
    as_json: Json = False,
) -> None:
    """Accounts with owners and waits, configs with counts and reasons."""
    look = partial(
        _load,
        page=ConfigPage(limit, None if after is None else ConfigId(after), state, account),
        queues=partial(ask_queues, load_cli_settings(), with_lags=lag),
    )
    if watch:
        _watch(look, every, as_json=as_json)
        return
    found = with_database(look)
    _show(found, as_json=as_json)
    mention_more(found.configs, limit)


async def _load(deps: Database, page: ConfigPage, queues: Look) -> Status:
    return await load_status(deps, queues, page)


def _show(found: Status, *, as_json: bool) -> None:
    if as_json:
        show_json(asdict(found))
    else:
        console = open_console()
        console.print(status_view(found, console.width))
        show_warnings([found.redis_error] if found.redis_error else [])


def _watch(look: LookAt, every_s: float, *, as_json: bool) -> None:
    """One look after the other: a page that changes on a terminal; elsewhere one below the other."""
    is_page = open_console().is_terminal and not as_json
    with suppress(KeyboardInterrupt):
        with_database(partial(_redraw if is_page else partial(_repeat, as_json=as_json), look=look, every_s=every_s))


async def _redraw(deps: Database, look: LookAt, every_s: float) -> None:
    console = open_console()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(_page(await look(deps), console.width), refresh=True)
            await asyncio.sleep(every_s)


def _page(found: Status, width: int) -> RenderableType:
    warning = Text(f"warning: {found.redis_error}" if found.redis_error else "", style="yellow")
    return Group(status_view(found, width), warning)


async def _repeat(deps: Database, look: LookAt, every_s: float, *, as_json: bool) -> None:
    while True:
        _show(await look(deps), as_json=as_json)
        await asyncio.sleep(every_s)
