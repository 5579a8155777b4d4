"""`tgforward config preview`: what a run would make of messages, before it makes it."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import reduce
from typing import Annotated, assert_never

import typer
from rich.text import Text

from tgforward.cli.config_id import Id
from tgforward.cli.output import Json, open_console, show_json
from tgforward.cli.running import with_deps
from tgforward.cli.text_diff import diff, styled
from tgforward.forwarding.entities import append_line
from tgforward.forwarding.message import FormattedText
from tgforward.services import preview as previewing
from tgforward.services.preview import PreviewedMessage, PreviewedText
from tgforward.types import ConfigId

app = typer.Typer()

EXCERPT = 80  # characters of a message that goes as it is, or not at all
INDENT = "\n    "


@app.command()
def preview(
    config_id: Id,
    last: Annotated[int, typer.Option("--last", metavar="N", help="So many of the source's last messages.")] = 20,
    message: Annotated[str | None, typer.Option("--message", metavar="LINK", help="Only this message.")] = None,
    as_json: Json = False,
) -> None:
    """What a run would make of a source's messages; nothing is sent."""
    found = with_deps(lambda deps: previewing.preview(deps, ConfigId(config_id), last=last, link=message))
    if as_json:
        show_json([asdict(item) for item in found])
        return
    if not found:
        print("The source has no message yet.")
    console = open_console()
    is_coloured = console.is_terminal and not console.no_color
    for item in found:
        console.print(show_message(item, is_coloured=is_coloured), soft_wrap=True)


def show_message(item: PreviewedMessage, *, is_coloured: bool) -> Text:
    """One message: what becomes of it, which step did that, and the words that change."""
    when = item.date.astimezone().strftime("%Y-%m-%d %H:%M")
    head = Text(f"{item.link or item.message_id}  {when}  {item.kind}  ")
    return Text(INDENT).join([head.append_text(_outcome(item)), *_body(item, is_coloured=is_coloured)])


def _outcome(item: PreviewedMessage) -> Text:
    match item.outcome:
        case "forwarded":
            return Text("forwarded", "green")
        case "changed":
            return Text("changed" if len(item.after) < 2 else f"changed, in {len(item.after)} messages", "cyan")
        case "skipped":
            return Text(": ".join(filter(None, ("skipped", item.reason, item.detail))), "yellow")
        case _ as never:
            assert_never(never)


def _body(item: PreviewedMessage, *, is_coloured: bool) -> Sequence[Text]:
    before = _content(item.before)
    if item.outcome == "changed":
        after = reduce(append_line, map(_content, item.after))
        return list(diff(before, after, is_coloured=is_coloured).split("\n", allow_blank=True))
    lines = styled(before).split("\n")
    if not before.text:
        return []
    excerpt = lines[0]
    excerpt.truncate(EXCERPT, overflow="ellipsis")
    return [excerpt if len(lines) == 1 else excerpt.append(" …")]


def _content(text: PreviewedText) -> FormattedText:
    return FormattedText(text.text, text.entities)
