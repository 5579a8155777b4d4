"""`tgforward account login|import`: log-ins at Telegram."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tgforward.cli.account_name import Name
from tgforward.cli.output import Json, show_json
from tgforward.cli.running import actor, with_deps
from tgforward.errors import InvalidInput
from tgforward.services import accounts
from tgforward.services.accounts import StoredAccount
from tgforward.services.deps import Deps
from tgforward.settings import require_api
from tgforward.telegram.login import login
from tgforward.telegram.session_import import import_session

app = typer.Typer()


@app.command("login")
def login_(
    name: Name,
    phone: Annotated[str | None, typer.Option(help="Phone number with country code, or a bot's token.")] = None,
    code: Annotated[str | None, typer.Option(help="The code that Telegram sent.")] = None,
    password: Annotated[str | None, typer.Option(help="The two-step password.", envvar="TGFORWARD_PASSWORD")] = None,
    as_json: Json = False,
) -> None:
    """Log in with phone, code and two-step password; what is not given is asked for."""

    async def work(deps: Deps) -> StoredAccount:
        api_id, api_hash = require_api(deps.settings)
        logged_in = await login(
            deps.server,
            api_id,
            api_hash,
            ask_phone=_asker("phone", "Phone number with country code", phone),
            ask_code=_asker("code", "Code that Telegram sent (look into its app first)", code),
            ask_password=_asker("password", "Two-step password", password, is_secret=True),
        )
        return await accounts.store_login(deps, name, logged_in, actor=actor())

    _show_stored(with_deps(work), "logged in", as_json=as_json)


@app.command("import")
def import_(
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="A Telethon .session file; else standard input.")] = None,
    as_json: Json = False,
) -> None:
    """Take over a Telethon session that exists already."""
    session = import_session(file if file is not None else sys.stdin.read())
    stored = with_deps(lambda deps: accounts.import_account(deps, name, session, actor=actor()))
    _show_stored(stored, "imported", as_json=as_json)


def _asker(option: str, question: str, answer: str | None, *, is_secret: bool = False) -> Any:
    """Answers with the option once; then, and without it, the person at the terminal is asked."""
    answers = [answer] if answer is not None else []

    def ask() -> str:
        if answers:
            return answers.pop()
        if not sys.stdin.isatty():
            raise InvalidInput(f"Telegram asks for the {option}, and there is no terminal to ask: give --{option}")
        return str(typer.prompt(question, hide_input=is_secret, err=True))

    return ask


def _show_stored(stored: StoredAccount, verb: str, *, as_json: bool) -> None:
    if as_json:
        show_json(
            {"id": stored.id, "name": stored.name, "kind": stored.kind, "configs_without_account": stored.orphans}
        )
        return
    print(f"account {stored.name} {verb} ({stored.kind})")
    if stored.orphans:
        print(f"{stored.orphans} config(s) have no account: tgforward config adopt {stored.name} gives them this one")
