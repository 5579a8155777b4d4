"""The options of `config add` and `config edit`; what was not typed is None."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tgforward.cli.rules_file import read_rules
from tgforward.cli.running import given
from tgforward.forwarding.ruleset import DeletionMode, EditMode, SendMode, TooLong

CHAT = "An id such as -1001234567890, @name, or a t.me link."


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """The columns of a config."""

    interval: Annotated[
        int | None, typer.Option("--interval", metavar="SECONDS", help="Seconds between runs; default 20.")
    ] = None
    instant: Annotated[
        bool | None, typer.Option("--instant/--no-instant", help="Run as soon as Telegram tells of something new.")
    ] = None
    history: Annotated[
        int | None,
        typer.Option("--history", metavar="N", help="How many of the last messages to bring along; -1: all."),
    ] = None
    remove_word: Annotated[str | None, typer.Option("--remove-word", help="Words to delete, separated by commas.")] = (
        None
    )
    cut_word: Annotated[str | None, typer.Option("--cut-word", help="Cut the text at the first of these words.")] = None
    skip_word: Annotated[str | None, typer.Option("--skip-word", help="Skip messages with one of these words.")] = None
    add_text: Annotated[
        str | None, typer.Option("--add-text", help="A last line, such as 'from ${source_title} ${message_link}'.")
    ] = None
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Zone of ${date} and ${time}; default Asia/Shanghai.")
    ] = None
    name: Annotated[str | None, typer.Option("--name", help="What you call it.")] = None
    user: Annotated[str | None, typer.Option("--user", help="Who owns it: it runs as long as they are authorised.")] = (
        None
    )
    topic: Annotated[int | None, typer.Option("--topic", metavar="N", help="The dest's topic to send to; 0: none.")] = (
        None
    )
    from_topic: Annotated[
        int | None, typer.Option("--from-topic", metavar="N", help="Only this topic of the source; 0: all.")
    ] = None

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        owner = {} if self.user is None else {"user_id": self.user or None}  # '' takes the owner away
        return owner | given(
            interval_second=self.interval,
            instant=self.instant,
            forward_history_count=self.history,
            remove_word=self.remove_word,
            cut_word=self.cut_word,
            skip_word=self.skip_word,
            add_text=self.add_text,
            time_zone=self.time_zone,
            name=self.name,
            dest_topic_id=self.topic,
            source_topic_id=self.from_topic,
        )


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """The rule set, and shortcuts to what it says of sending and following."""

    rules: Annotated[
        str | None, typer.Option("--rules", metavar="FILE", help="Rule set, YAML or JSON; -: standard input; '': none.")
    ] = None
    mode: Annotated[SendMode | None, typer.Option("--mode", help="copy hides the origin, forward shows it.")] = None
    silent: Annotated[bool | None, typer.Option("--silent/--no-silent", help="Send without a sound.")] = None
    delay: Annotated[
        int | None, typer.Option("--delay", metavar="SECONDS", help="Send no message before it is so old.")
    ] = None
    too_long: Annotated[
        TooLong | None, typer.Option("--too-long", help="The rest of a too long text: in a reply, trimmed; or skip.")
    ] = None
    replies: Annotated[
        bool | None, typer.Option("--replies/--no-replies", help="Keep who answers whom inside the dest.")
    ] = None
    pins: Annotated[bool | None, typer.Option("--pins/--no-pins", help="Pin in the dest what the source pins.")] = None
    preview: Annotated[bool | None, typer.Option("--preview/--no-preview", help="Keep web previews of links.")] = None
    send_as: Annotated[
        str | None, typer.Option("--send-as", metavar="CHAT", help="Send in the name of this channel; '': as yourself.")
    ] = None
    edits: Annotated[EditMode | None, typer.Option("--edits", help="What an edit in the source does.")] = None
    deletions: Annotated[
        DeletionMode | None, typer.Option("--deletions", help="What a deletion in the source does.")
    ] = None

    def fields(self) -> dict[str, Any]:
        """What was typed; `send` and `follow` change what they name and leave the rest."""
        send = given(
            mode=self.mode,
            silent=self.silent,
            delay_s=self.delay,
            too_long=self.too_long,
            replies=self.replies,
            pins=self.pins,
            web_preview=self.preview,
        )
        follow = given(edits=self.edits, deletions=self.deletions)
        rules = None if self.rules is None else read_rules(self.rules)
        return given(rules=rules, send=send or None, follow=follow or None, send_as=self.send_as)
