"""How commands take the name of an account."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call the account.")]
