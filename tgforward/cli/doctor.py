"""`tgforward doctor`: what is well, and what to do about what is not."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from tgforward.cli.harmless import harmless
from tgforward.cli.output import Json, open_console, show_json
from tgforward.cli.paging import After, Limit
from tgforward.cli.running import load_cli_settings
from tgforward.services.config_status import ConfigPage
from tgforward.services.database import prepare_database
from tgforward.services.doctor import examine_installation
from tgforward.services.findings import Finding, Verdict
from tgforward.settings import Settings
from tgforward.types import ConfigId

app = typer.Typer()

STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "bold red"}


@app.command()
def doctor(
    account: Annotated[str | None, typer.Option("--account", metavar="NAME", help="Only this account.")] = None,
    telegram: Annotated[bool, typer.Option(help="Ask Telegram about sessions and rights.")] = True,
    after: After = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Look at stores, clocks, sessions and rights; one line each: ok, or what to do.

    Exit code 1 if anything failed. Of the configs those behind --after are looked at, at most --limit.
    """
    page = ConfigPage(limit, None if after is None else ConfigId(after), account=account)
    findings = asyncio.run(_examine(load_cli_settings(), page, telegram=telegram))
    is_well = all(finding.verdict is not Verdict.FAILED for finding in findings)
    if as_json:
        show_json({"is_well": is_well, "findings": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not is_well:
        raise typer.Exit(1)


async def _examine(settings: Settings, page: ConfigPage, *, telegram: bool) -> list[Finding]:
    await prepare_database(settings)
    return await examine_installation(settings, page, with_telegram=telegram)


def _show(findings: Sequence[Finding]) -> None:
    console = open_console()
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        verdict = Text(f"{finding.verdict:<7}", STYLES[finding.verdict])
        text = f"  {harmless(finding.subject):<{width}}  {harmless(finding.text)}"
        console.print(verdict.append(text, style="default not bold"), soft_wrap=True)
