"""What hangs on a message and is no file: places, people, polls, dice, previews of pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, assert_never, get_args

from telethon.tl import types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.media import Media, MediaName
from tgforward.sandbox.world.pages import page_of

ContentName = Literal[
    "contact", "location", "live_location", "venue", "poll", "quiz", "dice", "web_page", "unsupported"
]
KindName = MediaName | ContentName

DICE, SIDES = "🎲", 6
LIVE_S = 900

_KINDS: Mapping[type, ContentName] = MappingProxyType(
    {
        types.MessageMediaContact: "contact",
        types.MessageMediaGeo: "location",
        types.MessageMediaGeoLive: "live_location",
        types.MessageMediaVenue: "venue",
        types.MessageMediaDice: "dice",
        types.MessageMediaWebPage: "web_page",
        types.MessageMediaUnsupported: "unsupported",
    }
)


def is_content_name(name: str) -> bool:
    """Whether `make_content` makes it; other names are those of files."""
    return name in get_args(ContentName)


def make_content(name: ContentName, number: int) -> Tl:
    """New content of that kind; `number` becomes its id where it has one, and decides what a die shows."""
    match name:
        case "location" | "live_location" | "venue":
            return _make_place(name, types.GeoPoint(long=13.4, lat=52.5, access_hash=number))
        case "poll" | "quiz":
            return make_poll(number, "Which one?", ("the first", "the second"), is_quiz=name == "quiz")
        case "contact":
            return types.MessageMediaContact("+9996600001", "Ada", "Lovelace", vcard="", user_id=0)
        case "dice":
            return roll(DICE, number)
        case "web_page":
            return page_of("https://example.org/article")
        case "unsupported":
            return types.MessageMediaUnsupported()
        case _:
            assert_never(name)


def make_poll(number: int, question: str, answers: tuple[str, ...], *, is_quiz: bool = False) -> Tl:
    """A poll that nobody has voted in; what is right in a quiz is told to those only who have voted."""
    options = [types.PollAnswer(_plain(text), bytes([place])) for place, text in enumerate(answers)]
    poll = types.Poll(number, _plain(question), options, hash=0, quiz=is_quiz)
    return types.MessageMediaPoll(poll, types.PollResults(total_voters=0))


def roll(emoticon: str, number: int) -> Tl:
    """A die that shows what `number` makes it show."""
    return types.MessageMediaDice(number % SIDES + 1, emoticon)


def kind_name(media: "Media | Tl | None") -> str:
    """The name of what hangs on a message, as `World.post` takes it; empty for nothing."""
    if media is None:
        return ""
    if isinstance(media, Media):
        return media.kind
    if isinstance(media, types.MessageMediaPoll):
        return "quiz" if media.poll.quiz else "poll"
    return _KINDS.get(type(media), type(media).__name__)


def content_id(media: "Media | Tl | None") -> int | None:
    """The id of a file or poll, which stays the same when it is forwarded or sent by reference."""
    if isinstance(media, Media):
        return media.id
    return media.poll.id if isinstance(media, types.MessageMediaPoll) else None


def is_same(one: "Media | Tl | None", other: "Media | Tl | None") -> bool:
    """Whether two messages carry the same."""
    return one is other if isinstance(one, Media) or isinstance(other, Media) else one == other


def _make_place(name: Literal["location", "live_location", "venue"], point: Tl) -> Tl:
    match name:
        case "location":
            return types.MessageMediaGeo(point)
        case "live_location":
            return types.MessageMediaGeoLive(point, LIVE_S)
        case "venue":
            told = {"provider": "foursquare", "venue_id": "1", "venue_type": ""}
            return types.MessageMediaVenue(point, "Museum", "1 Island", **told)
        case _:
            assert_never(name)


def _plain(text: str) -> Tl:
    return types.TextWithEntities(text, [])
