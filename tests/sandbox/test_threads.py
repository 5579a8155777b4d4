"""Where a message goes and in whose name: replies, topics, `send_as`."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


@pytest.fixture
def group(world: World, anna: Account, ed: Account) -> Chat:
    """A supergroup of Anna's."""
    return world.add_channel("Group", admins=[anna], members=[ed], broadcast=False)


@pytest.fixture
def forum(world: World, anna: Account, ed: Account) -> Chat:
    """A forum of Anna's."""
    return world.add_channel("Forum", admins=[anna], members=[ed], broadcast=False, forum=True)


def reply_to(message_id: int, **options: Any) -> Any:
    return types.InputReplyToMessage(message_id, **options)


async def test_replies(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """What is sent or forwarded as a reply names the message that it answers."""
    first, source = world.post(copies, "first"), world.post(news, "source")
    client, where = await connect(anna), peer(sandbox, anna, copies)
    await client.send_message(where, "answer", reply_to=first.id)
    request = functions.messages.ForwardMessagesRequest(
        peer(sandbox, anna, news), [source.id], where, random_id=[1], reply_to=reply_to(first.id), silent=True
    )
    (forwarded,) = new_messages(await client(request))
    assert (forwarded.reply_to.reply_to_msg_id, forwarded.silent) == (first.id, True)
    entries = sandbox.journal(copies)[1:]
    assert [(entry.reply_to, entry.silent) for entry in entries] == [(first.id, False), (first.id, True)]
    assert entries[1].origin == (news.marked_id, source.id)


async def test_replies_count_per_account(connect: Connect, anna: Account, ed: Account, world: World) -> None:
    """In a basic group each member sees its own number of the message that was answered."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    await (await connect(anna)).send_message("me", "moves Anna's numbers")
    question = world.post(group, "question", sender=ed)
    await (await connect(anna)).send_message(types.InputPeerChat(group.id), "answer", reply_to=question.id_for(anna))
    for account in (anna, ed):
        (served,) = await (await connect(account)).get_messages(types.InputPeerChat(group.id), limit=1)
        assert served.reply_to.reply_to_msg_id == question.id_for(account)


async def test_a_reply_to_nothing(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """It is sent without a reply, or refused, as the server is set."""
    client, where = await connect(anna), peer(sandbox, anna, copies)
    await client.send_message(where, "answer", reply_to=99)
    sandbox.set_missing_replies("error")
    with pytest.raises(errors.RPCError, match="REPLY_MESSAGE_ID_INVALID"):
        await client.send_message(where, "answer", reply_to=99)
    assert [entry.reply_to for entry in sandbox.journal(copies)] == [None]


async def test_nothing_is_scheduled(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, world: World
) -> None:
    """A date in a request to send is refused."""
    request = functions.messages.SendMessageRequest(peer(sandbox, anna, copies), "later", schedule_date=world.now())
    client = await connect(anna)
    with pytest.raises(errors.ScheduleDateInvalidError):
        await client(request)


async def test_in_the_name_of_a_channel(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, group: Chat, world: World
) -> None:
    """In a supergroup an admin of a channel may be shown as that channel, whatever it sends."""
    client, where = await connect(anna), peer(sandbox, anna, group)
    name = peer(sandbox, anna, copies)
    allowed = await client(functions.channels.GetSendAsRequest(where))
    channels = [types.PeerUser(anna.id), types.PeerChannel(copies.id), types.PeerChannel(group.id)]
    assert [one.peer for one in allowed.peers] == channels
    (sent,) = new_messages(await client(functions.messages.SendMessageRequest(where, "text", send_as=name)))
    post = world.post(news, "forwarded")
    forward = functions.messages.ForwardMessagesRequest(
        peer(sandbox, anna, news), [post.id], where, random_id=[1], send_as=name
    )
    (forwarded,) = new_messages(await client(forward))
    assert sent.from_id == forwarded.from_id == types.PeerChannel(copies.id)
    await client(functions.messages.SendMessageRequest(where, "own", send_as=types.InputPeerSelf()))
    assert [entry.send_as for entry in sandbox.journal(group)] == ["Copies", "Copies", None]
    (onward,) = await client.forward_messages(name, [sent])
    assert onward.fwd_from.from_id == types.PeerChannel(copies.id)


async def test_not_in_a_foreign_name(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, news: Chat, copies: Chat, group: Chat
) -> None:
    """A channel that the caller does not administer is refused, and any where messages are posts anyhow."""
    client = await connect(anna)
    send = functions.messages.SendMessageRequest
    for where, name in ((group, news), (copies, group)):
        with pytest.raises(errors.SendAsPeerInvalidError):
            await client(send(peer(sandbox, anna, where), "text", send_as=peer(sandbox, anna, name)))
    await client(send(peer(sandbox, anna, copies), "a post", send_as=peer(sandbox, anna, copies)))
    answer = await (await connect(ed))(functions.channels.GetSendAsRequest(peer(sandbox, ed, group)))
    assert [one.peer for one in answer.peers] == [types.PeerUser(ed.id), types.PeerChannel(news.id)]


async def test_reply_headers_in_topics(
    connect: Connect, sandbox: Sandbox, anna: Account, forum: Chat, world: World
) -> None:
    """A message in a topic names the topic; a reply in it names both; in the general topic none is named."""
    topic = world.add_topic(forum, "Sports")
    client, where = await connect(anna), peer(sandbox, anna, forum)
    plain = await client.send_message(where, "plain", reply_to=topic.id)
    answers = [
        new_messages(await client(functions.messages.SendMessageRequest(where, "answer", reply_to=reply)))[0]
        for reply in (reply_to(plain.id), reply_to(plain.id, top_msg_id=topic.id))
    ]
    general = await client.send_message(where, "general")
    late = await client.send_message(where, "late", reply_to=general.id)
    heads = [(one.reply_to.reply_to_msg_id, one.reply_to.reply_to_top_id) for one in (plain, *answers, late)]
    assert heads == [(topic.id, None), (plain.id, topic.id), (plain.id, topic.id), (general.id, None)]
    assert [bool(one.reply_to.forum_topic) for one in (plain, *answers, late)] == [True, True, True, False]
    assert general.reply_to is None
    assert [entry.topic_id for entry in sandbox.journal(forum)[2:]] == [topic.id] * 3 + [None] * 2


async def test_topics_are_listed(connect: Connect, sandbox: Sandbox, anna: Account, forum: Chat, world: World) -> None:
    """A forum tells its topics, newest first, with the newest message of each, and what is not there any more."""
    sports, arts = world.add_topic(forum, "Sports", creator=anna), world.add_topic(forum, "Arts")
    top = world.post(forum, "text", topic=sports)
    world.post(forum, "gone", topic=arts.id)
    client, where = await connect(anna), peer(sandbox, anna, forum)
    listed = await client(functions.messages.GetForumTopicsRequest(where, None, 0, 0, 10))
    assert [topic.title for topic in listed.topics] == ["Arts", "Sports", "General"]
    assert [(topic.top_message, topic.my) for topic in listed.topics[1:]] == [(top.id, True), (1, False)]
    assert (listed.count, listed.pts) == (3, forum.log.pts)
    found = await client(functions.messages.GetForumTopicsRequest(where, None, 0, arts.id, 10, q="spo"))
    assert [topic.id for topic in found.topics] == [sports.id]
    assert world.delete_topic(forum, arts) == 2
    asked = await client(functions.messages.GetForumTopicsByIDRequest(where, [sports.id, arts.id, 99]))
    deleted = [types.ForumTopicDeleted(arts.id), types.ForumTopicDeleted(99)]
    assert (asked.topics[0].title, asked.topics[1:]) == ("Sports", deleted)
    assert [message.text for message in sandbox.messages(forum) if not message.is_service] == ["text"]


async def test_topics_are_made_and_ended(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, forum: Chat
) -> None:
    """A client makes, renames, closes and deletes topics; a closed or deleted one takes no messages."""
    client, where = await connect(anna), peer(sandbox, anna, forum)
    made = await client(functions.messages.CreateForumTopicRequest(where, "Sport"))
    (begun,) = new_messages(made)
    assert isinstance(begun.action, types.MessageActionTopicCreate)
    edit = functions.messages.EditForumTopicRequest
    (closed,) = new_messages(await client(edit(where, begun.id, title="Sports", closed=True)))
    assert (closed.action.title, closed.action.closed) == ("Sports", True)
    assert closed.reply_to.reply_to_msg_id == begun.id
    with pytest.raises(errors.RPCError, match="TOPIC_CLOSED"):
        await client.send_message(where, "text", reply_to=begun.id)
    with pytest.raises(errors.RPCError, match="TOPIC_NOT_MODIFIED"):
        await client(edit(where, begun.id, closed=True))
    with pytest.raises(errors.ChatAdminRequiredError):
        await (await connect(ed))(edit(peer(sandbox, ed, forum), begun.id, closed=False))
    gone = await client(functions.messages.DeleteTopicHistoryRequest(where, begun.id))
    assert (gone.pts, gone.pts_count) == (forum.log.pts, 2)
    with pytest.raises(errors.TopicDeletedError):
        await client.send_message(where, "text", reply_to=begun.id)


@pytest.mark.parametrize(
    ("request_of", "error"),
    [
        (lambda where: functions.messages.CreateForumTopicRequest(where, ""), "TOPIC_TITLE_EMPTY"),
        (lambda where: functions.messages.EditForumTopicRequest(where, 99, title="x"), "TOPIC_ID_INVALID"),
        (lambda where: functions.messages.DeleteTopicHistoryRequest(where, 1), "TOPIC_ID_INVALID"),
    ],
)
async def test_wrong_topics(
    connect: Connect, sandbox: Sandbox, anna: Account, forum: Chat, group: Chat, request_of: Any, error: str
) -> None:
    """Without a title, for a topic that is not there, or in a chat without topics nothing happens."""
    client = await connect(anna)
    for chat, name in ((forum, error), (group, "CHANNEL_FORUM_MISSING")):
        with pytest.raises(errors.RPCError) as caught:
            await client(request_of(peer(sandbox, anna, chat)))
        assert name in str(caught.value) or type(caught.value).__name__ == name.title().replace("_", "") + "Error"
