"""`tgforward config import`: the config file of another forwarder becomes a document for `config apply`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_json, show_warnings
from tgforward.cli.rules_file import STDIN, called, read_text
from tgforward.errors import InvalidInput
from tgforward.services.bulk.document import TOP
from tgforward.services.foreign.translating import Program, translate

app = typer.Typer()


@app.command("import")
def import_(
    program: Annotated[Program, typer.Option("--from", help="Whose file it is.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="Its config file; -: standard input.")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there; it must not exist.")
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="Which account reads and writes.")] = None,
    as_json: Json = False,
) -> None:
    """Translate the config file of tgcf or telemirror for config apply, and list what has no equivalent."""
    translation = translate(program, read_text(file), called(file), account=account)
    remarks = [f"{called(file)}, line {found.line}, {found.place}: {found.text}" for found in translation.remarks]
    if output is not None:
        _write(output, translation.document())
    if as_json:
        show_json({TOP: translation.entries, "remarks": [asdict(remark) for remark in translation.remarks]})
        return
    show_warnings(remarks)
    if output is None:
        sys.stdout.write(translation.document())
    else:
        print(f"{len(translation.entries)} config(s) in {output}: tgforward config apply -f {output} --dry-run")


def _write(name: str, text: str) -> None:
    if name == STDIN:
        raise InvalidInput("-o takes the name of a file: without it standard output is written")
    try:
        with Path(name).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InvalidInput(f"{name} exists already: give another name, or remove it") from error
    except OSError as error:
        raise InvalidInput(f"{name} cannot be written: {error.strerror}") from error
