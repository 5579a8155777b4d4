"""All commands in one place."""

import typer

from tgforward.cli.on_demand import OnDemand, group_of

COMMANDS = (
    OnDemand("config", "tgforward.cli.config", "Forward configs: source, dest, interval, history and text rules."),
    OnDemand("account", "tgforward.cli.account", "Telegram accounts; their sessions are stored encrypted."),
    OnDemand("user", "tgforward.cli.user", "Users who own configs, and until when these run."),
    OnDemand("dead", "tgforward.cli.dead", "Messages that failed for good: see why, send them again or drop them."),
    OnDemand("alert", "tgforward.cli.alert", "What people are told by webhook or chat, and whether it arrives."),
    OnDemand("db", "tgforward.cli.database", "The database's schema."),
    OnDemand(
        "sandbox", "tgforward.cli.sandbox", "A small MTProto server on this machine, to try and test things with."
    ),
    OnDemand(
        "demo",
        "tgforward.cli.demo:demo",
        "Forward real messages on this machine, without Telegram, and check that each arrived once and in order.",
    ),
    OnDemand("up", "tgforward.cli.processes:up", "Run scheduler, worker and web console on this machine until Ctrl-C."),
    OnDemand("scheduler", "tgforward.cli.processes:scheduler", "Turn time into jobs; several may run."),
    OnDemand("worker", "tgforward.cli.processes:worker", "Turn jobs into messages; several may run."),
    OnDemand(
        "web",
        "tgforward.cli.web",
        "Serve the web console and the API until Ctrl-C; `user` and `token` say who may use them.",
    ),
    OnDemand("run", "tgforward.cli.run:run", "Enqueue configs now, whatever their interval; a worker must be running."),
    OnDemand("runs", "tgforward.cli.runs:runs", "The latest runs that did something, the newest first."),
    OnDemand("audit", "tgforward.cli.audit:audit", "Who changed what, the newest first."),
    OnDemand(
        "status", "tgforward.cli.status:status", "Accounts with owners and waits, configs with counts and reasons."
    ),
    OnDemand(
        "doctor",
        "tgforward.cli.doctor:doctor",
        "Look at stores, clocks, sessions and rights; one line each: ok, or what to do.",
    ),
    OnDemand(
        "health",
        "tgforward.cli.health:health",
        "Exit code 0 if the processes on this host have given a sign of life lately (web: answer now), else 1.",
    ),
    OnDemand("shell", "tgforward.cli.shell:shell", "An IPython prompt with top-level await."),
)

app = typer.Typer(
    cls=group_of(*COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Copies messages between Telegram chats on a schedule: each exactly once and in order.",
)


@app.callback()
def main() -> None:
    """Every command is on demand."""
