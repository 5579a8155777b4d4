"""`tgforward demo`: the main job on this machine, from nothing to a verdict."""

import asyncio
import shutil
import signal
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tgforward.cli.output import Json, show_json
from tgforward.cli.processes import SCHEDULER, WORKER, arq_command, process_environment, web_command
from tgforward.demo.console import Entrance
from tgforward.demo.play import Options, Play, Result
from tgforward.forwarding.message import EntityKind, FormattedText
from tgforward.logs import configure_logging
from tgforward.services.status import Status

app = typer.Typer()

STYLES = {EntityKind.BOLD: "bold", EntityKind.ITALIC: "italic", EntityKind.TEXT_LINK: "underline blue"}


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=1, help="How long new messages keep arriving.")] = 20,
    messages: Annotated[int, typer.Option(min=2, help="Posts in the sources before the first run.")] = 60,
    keep: Annotated[
        bool, typer.Option("--keep", help="Open a web console, and stay up after the verdict, until Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Forward real messages on this machine, without Telegram, and check that each arrived once and in order."""
    configure_logging("error", "console", stream=sys.stderr)
    console = Console(stderr=as_json)
    result = asyncio.run(_play(console, seconds, messages, keep=keep, as_json=as_json))
    if result.verdict.is_perfect and not keep:
        shutil.rmtree(result.directory, ignore_errors=True)
    sys.exit(0 if result.verdict.is_perfect else 1)


async def _play(console: Console, seconds: float, messages: int, *, keep: bool, as_json: bool) -> Result:
    commands = {"scheduler": arq_command(SCHEDULER), "worker": arq_command(WORKER)}
    options = Options(seconds, messages, commands, process_environment(), web_command() if keep else ())

    async def stay(result: Result) -> None:
        _tell(console, result, as_json=as_json)
        await _until_ctrl_c(console, play)

    with Live(console=console, transient=True, auto_refresh=False) as live:
        play = Play(
            options,
            say=lambda text: console.print(f"• {text}"),
            show=lambda status: live.update(_table(status), refresh=console.is_terminal),
            welcome=lambda entrance: _welcome(console, entrance),
            stay=stay if keep else None,
        )
        result = await play.run()
    if not keep:
        _tell(console, result, as_json=as_json)
        console.print("watch it in a browser: tgforward demo --keep (make demo ARGS=--keep)", highlight=False)
    return result


def _welcome(console: Console, entrance: Entrance) -> None:
    console.print(
        f"• watch it in a browser: {entrance.url}  name: {entrance.name}  password: {entrance.password}",
        style="bold",
        highlight=False,
        soft_wrap=True,
    )


async def _until_ctrl_c(console: Console, play: Play) -> None:
    console.print(
        f"the editor goes on posting; data and logs are in {play.directory}; Ctrl-C ends it",
        highlight=False,
        soft_wrap=True,
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _tell(console: Console, result: Result, *, as_json: bool) -> None:
    if as_json:
        show_json(_fields(result))
    else:
        _show(console, result)


def _table(status: Status) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("config", "from", "to", "state", "history", "live", "skipped", "last run"):
        table.add_column(name, justify="right" if name in ("history", "live", "skipped") else "left")
    for config in status.configs:
        total = "" if config.history_total is None else f"/{config.history_total}"
        last = config.last_run_at.astimezone().strftime("%H:%M:%S") if config.last_run_at else ""
        counts = (f"{config.history_forwarded}{total}", str(config.live_forwarded), str(config.skipped))
        table.add_row(str(config.id), config.source, config.dest, config.state, *counts, last)
    return table


def _show(console: Console, result: Result) -> None:
    for before, after in result.examples:
        left, right = _text(before), _text(after) if after is not None else Text("skipped", style="dim")
        console.print(Group(Text("before ", style="dim") + left, Text("after  ", style="dim") + right, ""))
    verdict = result.verdict
    console.print(f"history {result.history}, live {result.live}, skipped {result.skipped}")
    if verdict.unexpected:
        console.print(f"not as the rules demand: {verdict.unexpected}", style="red")
    line = (
        f"forwarded {verdict.forwarded}, lost {verdict.lost}, doubled {verdict.doubled}, "
        f"out of order {verdict.out_of_order}"
    )
    console.print(line, style="bold green" if verdict.is_perfect else "bold red", highlight=False)
    if not verdict.is_perfect:
        console.print(f"the logs are in {result.directory}")


def _text(content: FormattedText) -> Text:
    units = content.text.encode("utf-16-le")
    text = Text(content.text)
    for entity in content.entities:
        start = len(units[: 2 * entity.offset].decode("utf-16-le"))
        end = len(units[: 2 * entity.end].decode("utf-16-le"))
        text.stylize(STYLES.get(entity.kind, ""), start, end)
    return text


def _fields(result: Result) -> dict[str, object]:
    return {
        **asdict(result.verdict),
        "history": result.history,
        "live": result.live,
        "skipped": result.skipped,
        "memory_mb": result.memory_mb,
    }
