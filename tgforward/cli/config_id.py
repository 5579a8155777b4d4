"""How commands take the number of a config."""

from typing import Annotated

import typer

Id = Annotated[int, typer.Argument(metavar="ID", help="Number of the config.")]
OfConfig = Annotated[int | None, typer.Option("--config", metavar="ID", help="Only those of this config.")]
