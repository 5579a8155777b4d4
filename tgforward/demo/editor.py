"""The editor who posts to the demo's sources, through Telethon like everybody else."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field

from tgforward.demo.articles import Article, utf16_length
from tgforward.demo.verification import Post
from tgforward.forwarding.message import FormattedText
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.publishing import publish_album, publish_photo, publish_text
from tgforward.types import MessageId

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""A grey picture of one pixel."""


@dataclass(slots=True)
class Source:
    """One source channel, what is posted to it, and what of that must arrive in the dest."""

    peer: Peer
    articles: Iterator[Article]
    posted: list[tuple[list[MessageId], Article]] = field(default_factory=list)

    @property
    def top(self) -> MessageId:
        """The newest message."""
        return self.posted[-1][0][-1]

    async def post(self, connection: Connection) -> Article:
        """Post the next article; answers it."""
        article = next(self.articles)
        self.posted.append((await _publish(connection, self.peer, article), article))
        return article

    def expected(self, history: int, history_until: MessageId) -> list[Post]:
        """What must arrive if `history` of the messages up to `history_until` are brought along (-1: all)."""
        ids = [message for messages, _ in self.posted for message in messages if message <= history_until]
        floor = 0 if history < 0 or history >= len(ids) else ids[len(ids) - history]
        return [
            Post(_with_line(article, self.peer, messages[0]), len(messages))
            for messages, article in self.posted
            if messages[-1] >= floor and article.after is not None
        ]

    def skipped(self) -> int:
        """How many posts must not arrive."""
        return sum(article.after is None for _, article in self.posted)


async def _publish(connection: Connection, peer: Peer, article: Article) -> list[MessageId]:
    if article.photos > 1:
        return await publish_album(connection, peer, [JPEG] * article.photos, article.before)
    if article.photos == 1:
        return [await publish_photo(connection, peer, JPEG, article.before)]
    return [await publish_text(connection, peer, article.before)]


def _with_line(article: Article, peer: Peer, message: MessageId) -> FormattedText:
    assert article.after is not None
    if not article.has_line:
        return article.after
    line = f"via {peer.title}: https://t.me/{peer.username}/{message}"
    assert utf16_length(article.after.text) > 0
    return FormattedText(f"{article.after.text}\n{line}", article.after.entities)
