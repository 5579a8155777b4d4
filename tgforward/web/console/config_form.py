"""The form of a config: what a person typed, and what of it changes the config."""

from typing import Any

from pydantic import BaseModel, Field

from tgforward.db.models.config import TGForwardConfig
from tgforward.errors import InvalidInput
from tgforward.services.config_rules import changed_rules
from tgforward.services.documents import format_document, parse_document

LONGEST = 20_000
TEXTS = ("name", "user_id", "remove_word", "cut_word", "skip_word", "add_text")
NUMBERS = ("interval_second", "forward_history_count")
TOPICS = ("source_topic_id", "dest_topic_id")
CHATS = ("source", "dest")


class ConfigForm(BaseModel):
    """Everything as text; what somebody may not change is not in their form, and is not looked at."""

    source: str = Field("", max_length=200)
    dest: str = Field("", max_length=200)
    source_topic_id: str = Field("", max_length=20)
    dest_topic_id: str = Field("", max_length=20)
    account: str = Field("", max_length=64)
    user_id: str = Field("", max_length=20)
    name: str = Field("", max_length=64)
    interval_second: str = Field("", max_length=20)
    forward_history_count: str = Field("", max_length=20)
    time_zone: str = Field("", max_length=64)
    instant: bool = False
    remove_word: str = Field("", max_length=LONGEST)
    cut_word: str = Field("", max_length=LONGEST)
    skip_word: str = Field("", max_length=LONGEST)
    add_text: str = Field("", max_length=LONGEST)
    rules: str = Field("", max_length=LONGEST)
    also: str = Field("", max_length=LONGEST)
    paused: bool = False
    version: int = 0

    @property
    def further_dests(self) -> list[str]:
        """One in each line."""
        return [line.strip() for line in self.also.splitlines() if line.strip()]

    def fields(self) -> dict[str, Any]:
        """What was sent, as the services name it; all but the chats, the account and the further dests.

        Raises:
            InvalidInput: a number is none, or the rules are no document.
        """
        sent = self.model_fields_set
        found: dict[str, Any] = {name: _unix(getattr(self, name)) or None for name in TEXTS if name in sent}
        found |= {name: _whole(name, getattr(self, name)) for name in NUMBERS if getattr(self, name)}
        found |= {name: _whole(name, getattr(self, name) or "0") or None for name in TOPICS if name in sent}
        if self.time_zone:
            found["time_zone"] = self.time_zone.strip()
        if "rules" in sent:
            found["rules"] = parse_document(_unix(self.rules), "the rule set") or {}
        return found | {"instant": self.instant}

    def changes(self, row: TGForwardConfig) -> dict[str, Any]:
        """What differs from what is stored.

        Raises:
            InvalidInput: a number is none, or the rules cannot be read.
        """
        fields = self.fields()
        chats = {name: getattr(self, name).strip() for name in CHATS if getattr(self, name)}
        moved = {name: text for name, text in chats.items() if text != str(getattr(row, name))}
        if "rules" in fields and changed_rules(None, {"rules": fields["rules"]}) == (row.rules or None):
            del fields["rules"]
        return moved | {name: value for name, value in fields.items() if value != getattr(row, name)}


def form_of(row: TGForwardConfig, account: str | None) -> ConfigForm:
    """The form as it is before somebody types."""
    texts = {name: _text(getattr(row, name)) for name in (*TEXTS, *NUMBERS, *TOPICS, *CHATS, "time_zone")}
    rules = format_document(row.rules) if row.rules else ""
    others = {"rules": rules, "account": account or "", "instant": row.instant, "version": row.version}
    return ConfigForm.model_validate(texts | others)


def empty_form() -> ConfigForm:
    """The form of a new config: it waits until its owner has seen what it would send."""
    first = {"interval_second": "60", "forward_history_count": "0", "time_zone": "UTC", "paused": True}
    return ConfigForm.model_validate(first)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _unix(text: str) -> str:
    """Browsers send CR LF for every line end of a text area."""
    return text.replace("\r\n", "\n")


def _whole(name: str, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise InvalidInput(f"{name} is {text[:20]!r}: give a whole number") from None
