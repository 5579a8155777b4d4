"""What the tests of sending have in common: deliveries, and one send of each kind."""

from collections.abc import Sequence

from tgforward.forwarding.message import Entity, FormattedText, SourceMessage
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import PLAIN, Manner
from tgforward.telegram.outgoing import as_album, as_forward, as_media, as_text
from tgforward.telegram.peers import Peer
from tgforward.telegram.reading import fetch_after
from tgforward.telegram.sending import Sent, send
from tgforward.types import MessageId, RandomId


async def forward(
    conn: Connection, source: Peer, dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN
) -> Sent:
    return await send(conn, as_forward(source, dest, deliveries, manner))


async def send_text(conn: Connection, dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Sent:
    return await send(conn, as_text(dest, delivery, manner))


async def send_media(conn: Connection, dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Sent:
    return await send(conn, as_media(dest, delivery, manner))


async def send_album(conn: Connection, dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN) -> Sent:
    return await send(conn, as_album(dest, deliveries, manner))


async def read(conn: Connection, source: Peer) -> list[SourceMessage]:
    return (await fetch_after(conn, source, MessageId(0))).messages


def deliveries(messages: Sequence[SourceMessage], first: int = 1000) -> list[Delivery]:
    """Unchanged deliveries; the random ids fall, so that no order can stand in for them."""
    return [Delivery(message, RandomId(first - 3 * number)) for number, message in enumerate(messages)]


def changed(message: SourceMessage, text: str, *entities: Entity, random_id: int = 77) -> Delivery:
    return Delivery(message, RandomId(random_id), content=FormattedText(text, entities))


def stored(sandbox: Sandbox, chat: Chat) -> list[tuple[int, int | None, str]]:
    return [(entry.id, entry.random_id, entry.text) for entry in sandbox.journal(chat) if not entry.is_service]


async def send_one_of_each(
    conn: Connection, source: Peer, dest: Peer, messages: Sequence[SourceMessage]
) -> list[dict[RandomId, MessageId]]:
    """A forward, a text, a photo and an album of the messages text, photo, album of two."""
    text, photo, *album = messages
    return [
        dict(await forward(conn, source, dest, deliveries([text, photo]))),
        dict(await send_text(conn, dest, changed(text, "text 2", random_id=71))),
        dict(await send_media(conn, dest, changed(photo, "photo 2", random_id=72))),
        dict(await send_album(conn, dest, deliveries(album, 500))),
    ]


def post_one_of_each(world: World, news: Chat) -> None:
    world.post(news, "text")
    world.post(news, "photo", media="photo")
    world.post_album(news, [("photo", "a"), ("photo", "b")])
