"""`tgforward dead replay`: what failed for good is sent again."""

from dataclasses import asdict

import typer

from tgforward.cli.dead_choice import All, Ids, OfConfig, choice_of
from tgforward.cli.output import Json, show_rows, show_warnings
from tgforward.cli.running import actor, with_deps
from tgforward.services.replaying import replay

app = typer.Typer()


@app.command("replay")
def replay_(ids: Ids = None, config: OfConfig = None, is_all: All = False, as_json: Json = False) -> None:
    """Send dead deliveries again, before anything new.

    What did arrive after all is not doubled.
    """
    choice = choice_of(ids, config, is_all=is_all)
    found = with_deps(lambda deps: replay(deps, choice, actor=actor()))
    show_rows([asdict(item) for item in found], as_json=as_json, empty="No delivery is dead.")
    show_warnings(
        f"config {item.config_id} does not run, so they wait: {item.hindrance}"
        for item in found
        if item.hindrance is not None
    )
