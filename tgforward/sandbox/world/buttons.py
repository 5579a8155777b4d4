"""Buttons under a message."""

from collections.abc import Sequence
from typing import TypeAlias

from telethon.tl import types

from tgforward.sandbox.tl import Tl

Rows: TypeAlias = Sequence[Sequence[tuple[str, str]]]
"""Rows of `(text, target)`: a target with `://` is a link, any other is what the bot is called back with."""


def make_buttons(rows: Rows) -> Tl | None:
    """The buttons as messages carry them; None for no rows."""
    if not rows:
        return None
    return types.ReplyInlineMarkup([types.KeyboardInlineButtonRow([_button(*one) for one in row]) for row in rows])


def _button(text: str, target: str) -> Tl:
    if "://" in target:
        return types.KeyboardInlineButton(text, types.InlineButtonTypeUrl(target))
    return types.KeyboardInlineButton(text, types.InlineButtonTypeCallback(target.encode()))
