"""The editor: the sources keep growing, unevenly, whatever fails."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from benchmarks.chaos.posts import Post, Posted, edit_of, make_posts
from benchmarks.chaos.scene import EDITOR, Scene
from tgforward.sandbox.control_client import SandboxControl

LONGEST_BURST = 12
REPLIES, CHANGES = 0.15, 0.15  # shares of all posts
DELETIONS = 0.3  # of all changes
RECENT = 40  # posts of a source that are answered and changed


@dataclass(slots=True)
class Editor:
    """Posts to the sources and remembers what stands where."""

    control: SandboxControl
    scene: Scene
    random: Random
    posted: dict[str, list[Posted]] = field(default_factory=dict)
    messages: int = 0
    edited: int = 0
    deleted: int = 0
    _posts: dict[str, Iterator[Post]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in self.scene.sources:
            self.posted[source] = []
            self._posts[source] = make_posts(source.removeprefix("chaos_"), Random(self.random.random()))

    async def post(self, source: str) -> None:
        """One post to one source."""
        post = next(self._posts[source])
        answers = self._target(source) if len(post.texts) == 1 else None
        if len(post.texts) > 1:
            items = [("photo", text) for text in post.texts]
            ids = tuple(await self.control.post_album(source, items, sender=EDITOR))
        else:
            media = "photo" if post.is_media else None
            ids = (await self.control.post(source, post.texts[0], media=media, sender=EDITOR, reply_to=answers),)
        self.posted[source].append(Posted(source, ids, post, answers=answers))
        self.messages += len(ids)

    def _target(self, source: str) -> int | None:
        """Sometimes a message that still stands there, to reply to."""
        if self.random.random() >= REPLIES:
            return None
        standing = [posted for posted in self.posted[source][-RECENT:] if not posted.is_deleted]
        return self.random.choice(standing).ids[0] if standing else None

    async def change(self) -> None:
        """Edit or delete one of the latest posts somewhere."""
        posted = self.random.choice(self.posted[self.random.choice(self.scene.sources)][-RECENT:])
        if posted.is_deleted:
            return
        if self.random.random() < DELETIONS:
            posted.is_deleted = True
            await self.control.delete(posted.source, posted.ids)
            self.deleted += 1
        else:
            await self._edit(posted)

    async def _edit(self, posted: Posted) -> None:
        before = posted.versions[-1]
        after = edit_of(before, len(posted.versions) + 1)
        if after is None:
            return
        posted.edited.append(after)
        for message_id, old, new in zip(posted.ids, before.texts, after.texts, strict=True):
            if old != new:
                await self.control.edit(posted.source, message_id, new)
        self.edited += 1

    async def post_until(self, messages: int) -> None:
        """To all sources in turn, without a pause, until so many messages stand in them."""
        while self.messages < messages:
            await self.post(self.random.choice(self.scene.sources))

    async def post_over(self, messages: int, duration_s: float) -> None:
        """In bursts spread over the time, until so many messages stand in the sources in all."""
        loop = asyncio.get_running_loop()
        start, already = loop.time(), self.messages
        while self.messages < messages:
            share = (self.messages - already) / (messages - already)
            await asyncio.sleep(max(0.0, start + share * duration_s - loop.time()))
            source = self.random.choice(self.scene.sources)
            for _ in range(self.random.randint(1, LONGEST_BURST)):
                await self.post(source)
                if self.random.random() < CHANGES:
                    await self.change()
