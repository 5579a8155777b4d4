"""All commands in one place."""

import typer

from tgforward.cli import account, config, database, demo, processes, run, sandbox, shell, status

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Copies messages between Telegram chats on a schedule: each exactly once and in order.",
)
app.add_typer(config.app, name="config")
app.add_typer(account.app, name="account")
app.add_typer(database.app, name="db")
app.add_typer(sandbox.app, name="sandbox")
app.command("demo")(demo.demo)
app.command("up")(processes.up)
app.command("scheduler")(processes.scheduler)
app.command("worker")(processes.worker)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("shell")(shell.shell)
