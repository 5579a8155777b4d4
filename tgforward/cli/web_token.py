"""`tgforward web token …`: what lets programs use the API."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_done, show_json, show_rows
from tgforward.cli.running import actor, with_database
from tgforward.services import web_tokens
from tgforward.services.web_access import Scope

LONGEST_DAYS = 3650

app = typer.Typer(no_args_is_help=True, help="What lets programs use the API.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    owner: Annotated[str, typer.Option("--user", metavar="NAME", help="The web user whose token it is.")],
    scope: Annotated[list[Scope], typer.Option(help="What it is good for; several times for several things.")],
    days: Annotated[int | None, typer.Option(min=1, max=LONGEST_DAYS, help="How long it lives; else for ever.")] = None,
    as_json: Json = False,
) -> None:
    """Make a token and show it, once: only its hash is stored."""
    lasting = None if days is None else timedelta(days=days)
    made = with_database(lambda deps: web_tokens.add_token(deps, name, owner, scope, lasting=lasting, actor=actor()))
    if as_json:
        show_json({"id": made.id, "token": made.token})
    else:
        print(made.token)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every token: whose, for what, until when; not the tokens themselves."""
    rows = [{**asdict(token), "scopes": ", ".join(token.scopes)} for token in with_database(web_tokens.known_tokens)]
    show_rows(rows, as_json=as_json, empty="There is no token yet: tgforward web token add NAME --user NAME --scope …")


@app.command()
def revoke(token_id: Annotated[int, typer.Argument(metavar="ID", help="Its number.")], as_json: Json = False) -> None:
    """Make a token worthless."""
    with_database(lambda deps: web_tokens.revoke_token(deps, token_id, actor=actor()))
    show_done(f"token {token_id} revoked", as_json=as_json, id=token_id, revoked=True)
