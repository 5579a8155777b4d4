"""The editor: the sources keep growing, unevenly, whatever fails."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from benchmarks.chaos.posts import Post, Posted, make_posts
from benchmarks.chaos.scene import EDITOR, Scene
from tgforward.sandbox.control_client import SandboxControl

LONGEST_BURST = 12


@dataclass(slots=True)
class Editor:
    """Posts to the sources and remembers what stands where."""

    control: SandboxControl
    scene: Scene
    random: Random
    posted: dict[str, list[Posted]] = field(default_factory=dict)
    messages: int = 0
    _posts: dict[str, Iterator[Post]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in self.scene.sources:
            self.posted[source] = []
            self._posts[source] = make_posts(source.removeprefix("chaos_"), Random(self.random.random()))

    async def post(self, source: str) -> None:
        """One post to one source."""
        post = next(self._posts[source])
        if len(post.texts) > 1:
            items = [("photo", text) for text in post.texts]
            ids = tuple(await self.control.post_album(source, items, sender=EDITOR))
        else:
            media = "photo" if post.is_media else None
            ids = (await self.control.post(source, post.texts[0], media=media, sender=EDITOR),)
        self.posted[source].append(Posted(source, ids, post))
        self.messages += len(ids)

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
