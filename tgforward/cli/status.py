"""`tgforward status`: what is going on, and why something is not."""

from dataclasses import asdict

from tgforward.cli.output import Json, show_json, show_rows
from tgforward.cli.running import with_deps
from tgforward.services.status import load_status


def status(as_json: Json = False) -> None:
    """Accounts with owners and waits, configs with counts and reasons."""
    found = with_deps(load_status)
    if as_json:
        show_json(asdict(found))
        return
    show_rows(
        [asdict(item) for item in found.accounts],
        as_json=False,
        empty="There is no account yet: tgforward account login NAME",
    )
    print()
    show_rows(
        [asdict(item) for item in found.configs],
        as_json=False,
        empty="There is no config yet: tgforward config add SOURCE DEST",
    )
