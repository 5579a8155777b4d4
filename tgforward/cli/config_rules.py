"""`tgforward config rules`: a config's rule set, ready for `--rules`."""

import sys

import typer

from tgforward.cli.config_id import Id
from tgforward.cli.output import Json, show_json
from tgforward.cli.running import with_database
from tgforward.services.documents import format_document
from tgforward.services.known_configs import require_config
from tgforward.types import ConfigId

app = typer.Typer()


@app.command()
def rules(config_id: Id, as_json: Json = False) -> None:
    """Print the rule set as YAML; config edit --rules takes it back."""
    found = with_database(lambda deps: require_config(deps, ConfigId(config_id))).rules or {}
    if as_json:
        show_json(found)
    else:
        sys.stdout.write(format_document(found))
