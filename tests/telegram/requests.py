"""Requests of Telegram that the tests of connections make."""

from typing import Any

from telethon.tl import functions, types


def who() -> Any:
    return functions.users.GetUsersRequest([types.InputUserSelf()])


def say(text: str, random_id: int) -> Any:
    return functions.messages.SendMessageRequest(types.InputPeerSelf(), text, random_id=random_id)
