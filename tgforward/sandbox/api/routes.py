"""Which function answers which method."""

from typing import Final

from telethon.tl import functions

from tgforward.sandbox.api import (
    account,
    auth,
    changes,
    channels,
    contacts,
    dialogs,
    forwards,
    groups,
    helping,
    history,
    messages,
    pins,
    topics,
    updates,
    upload,
    users,
)
from tgforward.sandbox.call import Routes

NAMESPACES: Final = (
    account,
    auth,
    changes,
    channels,
    contacts,
    dialogs,
    forwards,
    groups,
    helping,
    history,
    messages,
    pins,
    topics,
    updates,
    upload,
    users,
)

ROUTES: Final[Routes] = {method: handler for namespace in NAMESPACES for method, handler in namespace.ROUTES.items()}

USERS_ONLY: Final = frozenset(
    {
        functions.channels.JoinChannelRequest,
        functions.channels.GetSendAsRequest,
        functions.channels.ReadHistoryRequest,
        functions.contacts.GetContactsRequest,
        functions.contacts.ResolvePhoneRequest,
        functions.messages.CheckChatInviteRequest,
        functions.messages.GetDialogsRequest,
        functions.messages.GetHistoryRequest,
        functions.messages.GetPeerDialogsRequest,
        functions.messages.GetPinnedDialogsRequest,
        functions.messages.GetForumTopicsRequest,
        functions.messages.ImportChatInviteRequest,
        functions.messages.ReadHistoryRequest,
        functions.messages.SearchRequest,
    }
)
"""Bots are answered BOT_METHOD_INVALID."""
