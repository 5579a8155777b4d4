"""Does the dest hold exactly what the rules demand: nothing lost, doubled or out of order?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tgforward.forwarding.albums import group_albums
from tgforward.forwarding.message import FormattedText, SourceMessage


@dataclass(frozen=True, slots=True)
class Post:
    """What must arrive, or did: an album is one post of several messages."""

    content: FormattedText
    messages: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of one or more sources with their dest, in messages."""

    forwarded: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    unexpected: int = field(default=0)
    """Messages that no rule allows: a word that should be gone, a message that should be skipped."""

    @property
    def is_perfect(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.out_of_order or self.unexpected)


def read_posts(messages: Sequence[SourceMessage]) -> list[Post]:
    """A chat's messages as posts, in order."""
    return [Post(unit[0].content, len(unit)) for unit in group_albums(messages)]


def compare(expected_by_source: Iterable[Sequence[Post]], arrived: Sequence[Post]) -> Verdict:
    """Each source's posts must stand in the dest once and in that source's order; sources may mix."""
    expected_by_source = list(expected_by_source)
    times = Counter(arrived)
    expected = [post for posts in expected_by_source for post in posts]
    return Verdict(
        forwarded=sum(post.messages for post in arrived),
        lost=sum(post.messages for post in expected if post not in times),
        doubled=sum(post.messages * (times[post] - 1) for post in expected if times[post] > 1),
        out_of_order=sum(_inversions(posts, arrived) for posts in expected_by_source),
        unexpected=sum(post.messages for post in arrived if post not in set(expected)),
    )


def _inversions(expected: Sequence[Post], arrived: Sequence[Post]) -> int:
    """Messages that arrived after one that stands behind them in the source."""
    place = {post: number for number, post in enumerate(expected)}
    highest, late = -1, 0
    for post in arrived:
        number = place.get(post)
        if number is None:
            continue
        if number < highest:
            late += post.messages
        highest = max(highest, number)
    return late
