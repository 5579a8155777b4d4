"""Identities that must not be mixed up; plain numbers and strings at run time."""

from typing import NewType

ConfigId = NewType("ConfigId", int)
"""`forward_config.id`."""

AccountId = NewType("AccountId", int)
"""`telegram_account.id`; also names the account's lane."""

ChatId = NewType("ChatId", int)
"""A *marked* Telegram chat id: users positive, basic groups negative, channels `-100…`. Needs 64 bits."""

MessageId = NewType("MessageId", int)
"""A message's number inside its chat (for users and basic groups: inside the account)."""

RandomId = NewType("RandomId", int)
"""The 64-bit signed number by which Telegram recognises a repeated send. Never 0."""
