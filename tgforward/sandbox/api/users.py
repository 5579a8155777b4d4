"""`users`: who is who."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_user


def get_users(call: Call, request: Tl) -> Tl:
    """`users.getUsers`; unknown users are answered as empty."""
    view, viewer = call.view(), call.account
    answer = []
    for user in request.id:
        try:
            answer.append(view.user(find_user(call.world, viewer, user)))
        except Refusal:
            answer.append(types.UserEmpty(user.user_id))
    return answer


def get_full_user(call: Call, request: Tl) -> Tl:
    """`users.getFullUser`."""
    user = find_user(call.world, call.account, request.id)
    full = types.UserFull(
        id=user.id,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
    )
    return types.users.UserFull(full, [], [call.view().user(user)])


ROUTES: Final[Routes] = {
    functions.users.GetUsersRequest: get_users,
    functions.users.GetFullUserRequest: get_full_user,
}
