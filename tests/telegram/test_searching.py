"""Finding what a send became, where Telegram only says that there was one."""

from datetime import UTC, datetime

from tests.telegram.sends import changed, deliveries, forward, read, send_media, send_text
from tgforward.forwarding.identity import part_of
from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import Manner
from tgforward.telegram.peers import Peer
from tgforward.telegram.searching import find_sent
from tgforward.types import RandomId

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_each_send_is_found_by_text_and_kind(
    world: World, conn: Connection, news: Chat, source: Peer, dest: Peer
) -> None:
    """The rest of a too long caption is a text, a text is one without its preview too; what is missing is None."""
    world.post(news, "same", media="photo")
    world.post(news, "same")
    world.post(news, "see https://example.org/article", media="web_page")
    photo, text, page = await read(conn, source)
    batch = deliveries([photo, text])
    rest = Delivery(photo, RandomId(1), part_of(0, piece=1), FormattedText("rest"))
    plain, never = Delivery(page, RandomId(2), content=page.content), changed(text, "never sent", random_id=3)
    sent = dict(await forward(conn, source, dest, batch))
    sent |= await send_media(conn, dest, changed(photo, "first", random_id=4))
    sent |= await send_text(conn, dest, rest)
    sent |= await send_text(conn, dest, plain, Manner(keep_preview=False))

    found = await find_sent(conn, dest, [*batch, changed(photo, "first", random_id=4), rest, plain, never], LONG_AGO)

    assert found == {**sent, RandomId(3): None}
