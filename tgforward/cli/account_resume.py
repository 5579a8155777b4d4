"""`tgforward account resume`: an account that was stopped, or rests, works again."""

import typer

from tgforward.cli.account_name import Name
from tgforward.cli.output import Json, show_done
from tgforward.cli.running import actor, with_deps
from tgforward.db.models.account import AccountState
from tgforward.services.resuming import resume_account

app = typer.Typer()


@app.command()
def resume(name: Name, as_json: Json = False) -> None:
    """Use a parked, paused or resting account again.

    Do so when whatever stopped it was dealt with. A wait that Telegram ordered is forgotten too: what is sent too
    early makes the next one longer.
    """
    count = with_deps(lambda deps: resume_account(deps, name, actor=actor()))
    fields = {"name": name, "state": AccountState.ACTIVE, "enqueued": count}
    show_done(f"account {name} resumed; {count} config(s) enqueued", as_json=as_json, **fields)
