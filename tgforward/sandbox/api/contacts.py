"""`contacts`: finding chats and people by name."""

import re
from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat

USERNAME = re.compile(r"[a-z][a-z0-9_]{2,31}", re.IGNORECASE)


def resolve_username(call: Call, request: Tl) -> Tl:
    """`contacts.resolveUsername`."""
    name = request.username.removeprefix("@")
    if not USERNAME.fullmatch(name):
        raise Refusal("USERNAME_INVALID")
    found = call.world.usernames.get(name.lower())
    if found is None:
        raise Refusal("USERNAME_NOT_OCCUPIED")
    return _resolved(call, found)


def resolve_phone(call: Call, request: Tl) -> Tl:
    """`contacts.resolvePhone`."""
    found = call.world.phones.get(request.phone.lstrip("+"))
    if found is None:
        raise Refusal("PHONE_NOT_OCCUPIED")
    return _resolved(call, found)


def get_contacts(call: Call, _request: Tl) -> Tl:
    """`contacts.getContacts`: nobody has any."""
    return types.contacts.Contacts([], 0, call.view().users)


def _resolved(call: Call, found: Account | Chat) -> Tl:
    view = call.view()
    peer = view.peer(found)
    return types.contacts.ResolvedPeer(peer, view.chats, view.users)


ROUTES: Final[Routes] = {
    functions.contacts.ResolveUsernameRequest: resolve_username,
    functions.contacts.ResolvePhoneRequest: resolve_phone,
    functions.contacts.GetContactsRequest: get_contacts,
}
