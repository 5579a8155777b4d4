"""`tgforward user …`: who owns configs, and until when these run."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_done, show_json, show_rows, show_warnings
from tgforward.cli.paging import Limit, mention_more
from tgforward.cli.running import actor, with_database
from tgforward.errors import InvalidInput
from tgforward.services import users
from tgforward.services.hindrances import shown_time
from tgforward.services.users import TRIAL_TERM, Term

LONGEST_DAYS = 36_500

app = typer.Typer(no_args_is_help=True, help="Users who own configs, and until when these run.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The number that Telegram knows the user by.")]
Days = Annotated[int | None, typer.Option(min=1, max=LONGEST_DAYS, metavar="N", help="So many days.")]
Until = Annotated[
    str | None, typer.Option(metavar="DATE", help="The last day, such as 2030-12-31; or with a time, 2030-12-31T18:00.")
]
Forever = Annotated[bool, typer.Option("--forever", help="Without end.")]


@app.command()
def add(user_id: Id, days: Days = None, until: Until = None, forever: Forever = False, as_json: Json = False) -> None:
    """Register a user, for seven days unless said otherwise."""
    term = _term(days, until, forever=forever) or TRIAL_TERM
    end = with_database(lambda deps: users.add_user(deps, user_id, term, actor=actor()))
    _show_end(user_id, end, as_json=as_json)


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option("--after", metavar="ID", help="Only those behind this one.")] = None,
    limit: Limit = 1000,
    as_json: Json = False,
) -> None:
    """The users, until when they are authorised, and how many configs are theirs."""
    found = with_database(lambda deps: users.all_users(deps, after=after, limit=limit))
    show_rows([asdict(user) for user in found], as_json=as_json, empty="There is no user yet: tgforward user add ID")
    mention_more(found, limit)


@app.command()
def extend(
    user_id: Id, days: Days = None, until: Until = None, forever: Forever = False, as_json: Json = False
) -> None:
    """Give a user more time: days beyond what is left, or another end; their configs go on at once."""
    term = _term(days, until, forever=forever)
    if term is None:
        raise InvalidInput("say how long: --days N, --until DATE, or --forever")
    end = with_database(lambda deps: users.extend_user(deps, user_id, term, actor=actor()))
    _show_end(user_id, end, as_json=as_json)


@app.command()
def remove(user_id: Id, as_json: Json = False) -> None:
    """Remove a user who owns no config."""
    with_database(lambda deps: users.remove_user(deps, user_id, actor=actor()))
    show_done(f"user {user_id} removed", as_json=as_json, id=user_id, removed=True)


def _term(days: int | None, until: str | None, *, forever: bool) -> Term | None:
    match [days is not None, until is not None, forever].count(True):
        case 0:
            return None
        case 1:
            return Term(days, None if until is None else _moment(until))
        case _:
            raise InvalidInput("say it in one way: --days N, --until DATE, or --forever")


def _moment(text: str) -> datetime:
    """The end of a day, or a moment, in the machine's time zone unless it names another."""
    try:
        if "T" in text:
            return datetime.fromisoformat(text).astimezone()
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min).astimezone()
    except (ValueError, OverflowError):
        raise InvalidInput("--until is no date: give one such as 2030-12-31 or 2030-12-31T18:00") from None


def _show_end(user_id: str, end: datetime | None, *, as_json: bool) -> None:
    if end is not None and end <= datetime.now().astimezone():
        show_warnings([f"the time of user {user_id} has ended: their configs do not run"])
    if as_json:
        show_json({"id": user_id, "auth_time": end})
    else:
        print(f"user {user_id} is authorised {'for ever' if end is None else f'until {shown_time(end)}'}")
