"""`tgforward config export|apply`: all configs as one YAML document."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tgforward.cli.bulk_view import difference_lines, plain_difference
from tgforward.cli.output import Json, show_json
from tgforward.cli.rules_file import STDIN, called, read_text
from tgforward.cli.running import actor, with_database, with_deps
from tgforward.errors import InvalidInput
from tgforward.services.bulk.applying import apply_document
from tgforward.services.bulk.difference import Difference, compare
from tgforward.services.bulk.document import TOP, Document
from tgforward.services.bulk.export import export_configs, format_entries
from tgforward.services.bulk.reading import read_document

if TYPE_CHECKING:
    from tgforward.services.deps import Deps

app = typer.Typer()


@app.command()
def export(as_json: Json = False) -> None:
    """Print all configs as YAML that config apply takes back."""
    entries = with_database(export_configs)
    if as_json:
        show_json({TOP: entries})
    else:
        sys.stdout.write(format_entries(entries))


@app.command("apply")
def apply_(
    file: Annotated[str, typer.Option("--file", "-f", metavar="FILE", help="YAML of configs; -: standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    look_up: Annotated[
        bool, typer.Option("--look-up", help="Ask Telegram for chats that the account has not met, and check rights.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the configs that are not in the file.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Make the configs what a file says: shown first, all or nothing."""
    if file == STDIN and not (yes or dry_run):
        raise InvalidInput("standard input is the file and cannot answer: add --yes, or --dry-run to look first")
    document = read_document(read_text(file), called(file))
    if look_up:
        document = with_deps(lambda deps: _look_up(deps, document))
    difference = with_database(lambda deps: compare(deps, document, prune=prune))
    if not as_json:
        sys.stdout.writelines(f"{line}\n" for line in difference_lines(difference))
    is_wanted = bool(difference) and not dry_run and (yes or typer.confirm("Apply?", abort=True, err=True))
    if is_wanted:
        _apply(document, difference, prune=prune)
    if as_json:
        show_json(plain_difference(difference) | {"applied": is_wanted})
    elif is_wanted:
        print("applied")


async def _look_up(deps: "Deps", document: Document) -> Document:
    from tgforward.services.bulk.looking_up import look_up  # Telethon takes long to import

    return await look_up(deps, document)


def _apply(document: Document, difference: Difference, *, prune: bool) -> None:
    if difference.removed:
        with_deps(lambda deps: _apply_and_forget(deps, document, difference))
    else:
        with_database(lambda deps: apply_document(deps, document, difference, actor=actor(), prune=prune))


async def _apply_and_forget(deps: "Deps", document: Document, difference: Difference) -> None:
    from tgforward.queue.enqueue import forget_all  # arq takes long to import

    await apply_document(deps, document, difference, actor=actor(), prune=True)
    await forget_all(deps.redis, difference.removed)
