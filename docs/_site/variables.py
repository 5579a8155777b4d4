"""The page of all settings, from the class that reads them."""

from pathlib import Path
from types import NoneType
from typing import Any, get_args

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tgforward.settings import EXAMPLES, Settings


def page() -> str:
    """Every setting: its variables, kind, limits, default and an example; their meaning is in configuration.md."""
    head = "# Settings\n\nMade from the program itself. What each is for: [configuration](../configuration.md)."
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    table = ["| variable | kind | limits | default | example |", "|---|---|---|---|---|", *rows]
    return f"{head}\n\n" + "\n".join(table) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    names = alias.choices if isinstance(alias, AliasChoices) else [f"TGFORWARD_{name.upper()}"]
    cells = [
        "<br>".join(f"`{each}`" for each in names),
        _kind(field.annotation),
        ", ".join(
            f"{sign} {getattr(limit, name)}"
            for limit in field.metadata
            for name, sign in _SIGNS
            if hasattr(limit, name)
        ),
        "" if field.default in (None, "", PydanticUndefined) else f"`{field.default}`",
        f"`{EXAMPLES[name]}`" if name in EXAMPLES else "",
    ]
    return "| " + " | ".join(cells) + " |"


def _kind(annotation: Any) -> str:
    parts = [part for part in get_args(annotation) if part is not NoneType] or [annotation]
    return " or ".join(_KINDS.get(part, f"`{part}`") for part in parts)


_SIGNS = (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
_KINDS = {
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    str: "text",
    SecretStr: "text, secret",
    Path: "path",
}
_KINDS[tuple[str, int]] = "host:port"  # type: ignore[index]
