"""A config's `rules`: the steps that its messages go through, how they are sent, how changes are followed."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from tgforward.forwarding.ruleset_errors import InvalidRules, sentences
from tgforward.forwarding.steps import Section, Step

MOST_STEPS = 100


class SendMode(StrEnum):
    """Whether the dest shows where a message comes from."""

    COPY = "copy"
    FORWARD = "forward"


class TooLong(StrEnum):
    """What becomes of a changed text that is longer than Telegram takes."""

    REPLY = "reply"
    TRIM = "trim"
    SKIP = "skip"


class EditMode(StrEnum):
    """What an edit in the source does in the dest."""

    UPDATE = "update"
    APPEND = "append"
    IGNORE = "ignore"


class DeletionMode(StrEnum):
    """What a deletion in the source does in the dest."""

    IGNORE = "ignore"
    DELETE = "delete"


class SendOptions(Section):
    """How messages are sent."""

    mode: SendMode = SendMode.COPY
    silent: bool = False
    web_preview: bool = True
    replies: bool = True
    pins: bool = False
    delay_s: Annotated[int, Field(ge=0, le=7 * 24 * 3600)] = 0
    send_as: int | None = None
    too_long: TooLong = TooLong.REPLY


class FollowOptions(Section):
    """How long, and how, a forwarded message follows its source."""

    edits: EditMode | None = None
    deletions: DeletionMode = DeletionMode.IGNORE
    days: Annotated[int, Field(ge=1, le=30)] = 2


class RuleSet(Section):
    """The whole document."""

    version: Literal[1] = 1
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()
    send: SendOptions = SendOptions()
    follow: FollowOptions = FollowOptions()

    @property
    def edits(self) -> EditMode:
        """What an edit does: by default it is followed, but Telegram lets nobody edit a forwarded message."""
        if self.follow.edits is not None:
            return self.follow.edits
        return EditMode.IGNORE if self.send.mode is SendMode.FORWARD else EditMode.UPDATE

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.send.mode is SendMode.FORWARD and self.follow.edits is EditMode.UPDATE:
            raise ValueError(
                "mode forward and edits update exclude each other, since Telegram lets nobody edit a forwarded "
                "message: use edits append or ignore, or mode copy"
            )
        for key in ("hours", "duplicates"):
            numbers = [str(number) for number, step in enumerate(self.steps, start=1) if key in step.keys]
            if len(numbers) > 1:
                raise ValueError(f"{key} stands in steps {' and '.join(numbers)}: give it once")
        return self


def parse_ruleset(data: object) -> RuleSet:
    """The rule set in a document of plain data, as YAML or JSON give it.

    Raises:
        InvalidRules: something in it is wrong; the sentence names the place and what is allowed there.
    """
    try:
        return RuleSet.model_validate(data)
    except ValidationError as error:
        raise InvalidRules(sentences(error, RuleSet)) from error


def dump_ruleset(rules: RuleSet) -> dict[str, Any]:
    """The document without defaults, ready for JSON; empty where everything is default."""
    return rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
