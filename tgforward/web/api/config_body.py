"""Configs as programs send and get them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.services.config_status import ConfigStatus, FoundConfigs, config_statuses
from tgforward.services.queues import Queues
from tgforward.types import ChatId

Chat = Annotated[str, Field(min_length=1, max_length=200, description="`@name`, a link or a chat's number.")]
Words = Annotated[str, Field(max_length=2000)]
Topic = Annotated[int, Field(ge=0, le=2**31 - 1)]
NOT_NULL = ("source", "dest", "account", "interval_second", "forward_history_count", "time_zone", "instant", "rules")


class ConfigChanges(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    source: Chat | SkipJsonSchema[None] = None
    dest: Chat | SkipJsonSchema[None] = None
    source_topic_id: Topic | None = Field(None, description="The only topic that is read; null: all.")
    dest_topic_id: Topic | None = Field(None, description="The topic that is written to; null: none.")
    account: Annotated[str, Field(min_length=1, max_length=64)] | SkipJsonSchema[None] = Field(
        None, description="The name of the account that reads and writes."
    )
    user_id: Annotated[str, Field(max_length=20)] | None = Field(None, description="The owner; null: nobody.")
    name: Annotated[str, Field(max_length=64)] | None = None
    interval_second: Annotated[int, Field(ge=1, le=2**31 - 1)] | SkipJsonSchema[None] = None
    forward_history_count: Annotated[int, Field(ge=-1, le=2**31 - 1)] | SkipJsonSchema[None] = None
    time_zone: Annotated[str, Field(max_length=64)] | SkipJsonSchema[None] = None
    instant: bool | SkipJsonSchema[None] = None
    remove_word: Words | None = None
    cut_word: Words | None = None
    skip_word: Words | None = None
    add_text: Words | None = None
    rules: dict[str, Any] | SkipJsonSchema[None] = Field(None, description="The whole rule set.")

    @model_validator(mode="after")
    def _refuse_nulls(self) -> "ConfigChanges":
        for name in NOT_NULL:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} is null: leave it out to keep it as it is")
        return self

    def fields(self) -> dict[str, Any]:
        """What was sent, as the services name it."""
        return self.model_dump(exclude_unset=True, exclude={"account"})


class NewConfig(ConfigChanges):
    """A config to be made."""

    source: Chat
    dest: Chat
    also: list[Chat] = Field([], max_length=20, description="Further dests, each `CHAT` or `CHAT/TOPIC`.")
    is_paused: bool = Field(False, description="Whether it waits until it is resumed.")

    def fields(self) -> dict[str, Any]:
        """All but what names chats and account."""
        return self.model_dump(exclude_unset=True, exclude={"account", "source", "dest", "also", "is_paused"})


class Config(BaseModel):
    """A config and how far it has come."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str | None
    user_id: str | None
    account_id: int | None
    source: int
    source_title: str
    source_topic_id: int | None
    dest: int
    dest_title: str
    dest_topic_id: int | None
    further_dests: int
    state: ConfigState
    reason: str | None = Field(description="Why it does not run, or not to each of its dests.")
    version: int
    interval_second: int
    forward_history_count: int
    time_zone: str
    instant: bool
    remove_word: str | None
    cut_word: str | None
    skip_word: str | None
    add_text: str | None
    rules: dict[str, Any] | None
    history_forwarded: int
    history_total: int | None
    history_left_s: float | None = Field(description="How long history will still come, at the speed of late.")
    live_forwarded: int
    skipped: int
    dead: int
    coalesced: int = Field(description="Slots that fell into its previous run.")
    missed: int = Field(description="Slots that passed while no scheduler, or no Redis, was there.")
    overdue_s: float | None = Field(description="How long ago its job fell due, if it waits or runs now.")
    lag: int | None = Field(
        description="How far the source's newest message is ahead; null unless `with_lag` was given."
    )
    last_run_at: datetime | None


def shown(found: FoundConfigs, queues: Queues) -> list[Config]:
    """A page of configs."""
    statuses = config_statuses(found, queues)
    return [_shown(row, status, found) for row, status in zip(found.rows, statuses, strict=True)]


def _shown(row: TGForwardConfig, status: ConfigStatus, found: FoundConfigs) -> Config:
    told = {name: getattr(status, name) for name in Config.model_fields if hasattr(status, name)}
    own = {name: getattr(row, name) for name in Config.model_fields if hasattr(row, name)}
    titles = {"source_title": found.title(ChatId(row.source)), "dest_title": found.title(ChatId(row.dest))}
    return Config(**told | own | titles)
