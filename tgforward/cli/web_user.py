"""`tgforward web user …`: who may log in to the console, and as what."""

import os
import sys
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_done, show_rows
from tgforward.cli.running import actor, with_database
from tgforward.db.models.web_user import Role
from tgforward.services import web_users

app = typer.Typer(no_args_is_help=True, help="Who may log in to the console, and as what.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What they log in as.")]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.VIEWER,
    user: Annotated[str | None, typer.Option(metavar="ID", help="The user whose configs a tenant sees.")] = None,
    as_json: Json = False,
) -> None:
    """Let somebody log in; the password is asked for, or read from TGFORWARD_PASSWORD or standard input."""
    password = _password()
    with_database(lambda deps: web_users.add_web_user(deps, name, password, role, user_id=user, actor=actor()))
    show_done(f"{name} may log in as {role}", as_json=as_json, name=name, role=role, user=user)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Everybody who may log in."""
    rows = [
        {
            "name": user.name,
            "role": user.role,
            "user": user.user_id,
            "disabled": user.is_disabled,
            "last_login": user.last_login_at,
        }
        for user in with_database(web_users.all_web_users)
    ]
    empty = "Nobody may log in yet: tgforward web user add NAME --role admin"
    show_rows(rows, as_json=as_json, empty=empty)


@app.command()
def passwd(name: Name, as_json: Json = False) -> None:
    """Give them another password, asked for as in add; every browser of theirs has to log in again."""
    password = _password()
    with_database(lambda deps: web_users.change_password(deps, name, password, actor=actor()))
    show_done(f"{name} has a new password", as_json=as_json, name=name, changed=True)


@app.command()
def disable(name: Name, as_json: Json = False) -> None:
    """Keep them out, their browsers and tokens too."""
    with_database(lambda deps: web_users.disable_web_user(deps, name, is_disabled=True, actor=actor()))
    show_done(f"{name} may not log in any more", as_json=as_json, name=name, disabled=True)


@app.command()
def enable(name: Name, as_json: Json = False) -> None:
    """Let them in again."""
    with_database(lambda deps: web_users.disable_web_user(deps, name, is_disabled=False, actor=actor()))
    show_done(f"{name} may log in again", as_json=as_json, name=name, disabled=False)


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Remove them with their tokens."""
    with_database(lambda deps: web_users.remove_web_user(deps, name, actor=actor()))
    show_done(f"{name} removed", as_json=as_json, name=name, removed=True)


def _password() -> str:
    if (given := os.environ.get("TGFORWARD_PASSWORD")) is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
