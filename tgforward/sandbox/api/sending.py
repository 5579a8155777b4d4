"""What all methods that send have in common: rights, and the memory for `random_id`."""

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import require_write
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import Draft, StoredMessage
from tgforward.sandbox.world.view import View


def check_request(request: Tl) -> None:
    """Checks what all methods that send are asked alike.

    Raises:
        Refusal: it shall be sent later, which the sandbox does not know.
    """
    if request.schedule_date is not None:
        raise Refusal("SCHEDULE_DATE_INVALID")


def deliver(call: Call, chat: Chat, drafts: list[Draft]) -> Tl:
    """Stores the drafts, each with its `random_id`, and answers with what they became.

    A repeated `random_id` stores nothing: it is answered with the first message, or refused, as the server is set.

    Raises:
        Refusal: the caller may not send here, or a `random_id` is missing or refused.
    """
    known = _find_known(call, chat, drafts)
    fresh = len(drafts) - len(known)
    if fresh:
        require_write(call.world, call.account, chat, fresh)
    view = call.view()
    view.peer(chat)
    numbers, news = [], []
    for draft in drafts:
        assert draft.random_id is not None
        repeated = known.get(draft.random_id)
        message = repeated or call.world.store.add(chat, call.account, draft)
        numbers.append(types.UpdateMessageID(message.id_for(call.account), draft.random_id))
        if repeated is None or _is_there(call, message):
            news.append(_new_message(call, view, message, 0 if repeated else 1))
    if fresh:
        _note_sending(call, chat)
    return types.Updates([*numbers, *news], view.users, view.chats, call.world.now(), 0)


def _find_known(call: Call, chat: Chat, drafts: list[Draft]) -> dict[int, StoredMessage]:
    known = {}
    for draft in drafts:
        if not draft.random_id:
            raise Refusal("RANDOM_ID_EMPTY")
        message = call.world.store.find_sent(call.account, chat, draft.random_id)
        if message is not None:
            known[draft.random_id] = message
    if known and call.facts.duplicates == "error":
        raise Refusal("RANDOM_ID_DUPLICATE")
    return known


def _is_there(call: Call, message: StoredMessage) -> bool:
    return message.id_for(call.account) in message.chat.history(call.account).messages


def _new_message(call: Call, view: View, message: StoredMessage, pts_count: int) -> Tl:
    rendered = view.message(message)
    if message.chat.is_channel:
        return types.UpdateNewChannelMessage(rendered, message.chat.log.pts, pts_count)
    return types.UpdateNewMessage(rendered, call.account.log.pts, pts_count)


def _note_sending(call: Call, chat: Chat) -> None:
    member = chat.member(call.account)
    if member is not None:
        member.last_sent_at = call.world.now()
