"""`tgforward web …`: the console and the API, and who may use them."""

import sys

import typer
import uvloop

from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.logs import configure_logging
from tgforward.settings import load_settings

app = typer.Typer(
    cls=group_of(
        OnDemand("user", "tgforward.cli.web_user", "Who may log in to the console, and as what."),
        OnDemand("token", "tgforward.cli.web_token", "What lets programs use the API."),
    ),
    help="Serve the web console and the API until Ctrl-C; `user` and `token` say who may use them.",
)


@app.callback(invoke_without_command=True)
def web(context: typer.Context) -> None:
    """Serve the web console and the API until Ctrl-C; `user` and `token` say who may use them."""
    if context.invoked_subcommand is not None:
        return
    from tgforward.web.serving import serve  # FastAPI takes 0.5 s to import

    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format, stream=sys.stderr)
    uvloop.run(serve(settings))
