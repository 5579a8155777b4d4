"""`tgforward account …`: log-ins at Telegram."""

from typing import Any

import typer

from tgforward.cli.account_name import Name
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_done, show_rows
from tgforward.cli.paging import After, Limit, mention_more
from tgforward.cli.running import actor, with_database
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.services import known_accounts
from tgforward.types import AccountId

LOGIN = "tgforward.cli.account_login"
COMMANDS = (
    OnDemand(
        "login", f"{LOGIN}:login", "Log in with phone, code and two-step password; what is not given is asked for."
    ),
    OnDemand("import", f"{LOGIN}:import", "Take over a Telethon session that exists already."),
    OnDemand("resume", "tgforward.cli.account_resume:resume", "Use a parked, paused or resting account again."),
)

app = typer.Typer(
    cls=group_of(*COMMANDS),
    no_args_is_help=True,
    help="Telegram accounts; their sessions are stored encrypted.",
)


@app.command("list")
def list_(after: After = None, limit: Limit = 1000, as_json: Json = False) -> None:
    """The accounts and their states."""
    last = None if after is None else AccountId(after)
    found = with_database(lambda deps: known_accounts.all_accounts(deps, after=last, limit=limit))
    show_rows(
        [_row(account) for account in found],
        as_json=as_json,
        empty="There is no account yet: tgforward account login NAME",
    )
    mention_more(found, limit)


@app.command()
def pause(name: Name, as_json: Json = False) -> None:
    """Stop everything that an account does until it is resumed."""
    with_database(lambda deps: known_accounts.pause_account(deps, name, actor=actor()))
    show_done(f"account {name} paused", as_json=as_json, name=name, state=AccountState.PARKED)


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Forget an account; its session at Telegram goes on until you end it there."""
    with_database(lambda deps: known_accounts.forget_account(deps, name, actor=actor()))
    show_done(f"account {name} removed", as_json=as_json, name=name, removed=True)


def _row(account: TelegramAccount) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "kind": account.kind,
        "user_id": account.user_id,
        "state": account.state,
        "reason": account.state_reason,
        "wait_until": account.wait_until,
        "wait_reason": account.wait_reason,
    }
