"""`tgforward sandbox …`: an MTProto server on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tgforward.sandbox.call import DuplicateMode
from tgforward.sandbox.serve import ServeOptions
from tgforward.sandbox.serve import serve as serve_sandbox
from tgforward.settings import load_settings

app = typer.Typer(
    no_args_is_help=True,
    help="A small MTProto server on this machine, to try and test things with.",
)

Duplicates = Annotated[DuplicateMode, typer.Option(help="How a repeated random_id is answered.")]


@app.command()
def serve(
    directory: Annotated[Path | None, typer.Option(help="Where its key is kept; default: the data directory.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = 0,
    control_port: Annotated[int, typer.Option(min=0, max=65535, help="For faults and journals; 0: any.")] = 0,
    world: Annotated[str, typer.Option(help="demo or basic.")] = "demo",
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 1,
    duplicates: Duplicates = "original",
    latency_ms: Annotated[float, typer.Option(min=0, help="How long each answer takes.")] = 0,
) -> None:
    """Serve until Ctrl-C; one line of JSON says where, with which key, and how to log in."""
    home = directory or load_settings().data_dir / "sandbox"
    home.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve_sandbox(ServeOptions(home, host, port, control_port, world, seed, duplicates, latency_ms)))
