"""`tgforward account resume`: an account that was stopped, or rests, works again."""

import typer

from tgforward.cli.account_name import Name
from tgforward.cli.running import actor, with_deps
from tgforward.services.resuming import resume_account

app = typer.Typer()


@app.command()
def resume(name: Name) -> None:
    """Use a parked, paused or resting account again.

    Do so when whatever stopped it was dealt with. A wait that Telegram ordered is forgotten too: what is sent too
    early makes the next one longer.
    """
    count = with_deps(lambda deps: resume_account(deps, name, actor=actor()))
    print(f"account {name} resumed; {count} config(s) enqueued")
