"""Any text, any entities, any messages, any rules, for Hypothesis."""

from dataclasses import replace
from itertools import accumulate

from hypothesis import strategies as st

from tests.forwarding.build import message
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.rules import Rules, TextLimits
from tgforward.types import MessageId

# Few different characters, so that words do occur: cases, astral planes, combining marks, odd folds, white space.
LETTERS = (
    "aAbB"
    + "\u0130\u0131\u00df\u1e9e\u03a3\u03c3\u03c2"
    + "\u00e9e\u0301"
    + "\U0001f600\U00010400\U00010428\u4e2d"
    + " \n\u3000"
)

texts = st.one_of(st.text(LETTERS, max_size=24), st.text(max_size=24))
words = st.text(LETTERS, min_size=1, max_size=3)
word_columns = st.lists(words, max_size=3).map(lambda found: ",".join(word.replace(",", r"\,") for word in found))

entities = st.builds(
    Entity,
    offset=st.integers(-3, 40),
    length=st.integers(-3, 40),
    kind=st.sampled_from([EntityKind.BOLD, EntityKind.ITALIC, EntityKind.TEXT_LINK]),
    argument=st.sampled_from(["", "https://a.example", "https://b.example"]),
)
contents = st.builds(FormattedText, texts, st.lists(entities, max_size=6).map(tuple))

rules = st.builds(
    lambda skip, remove, cut, add: Rules.parse(skip_word=skip, remove_word=remove, cut_word=cut, add_text=add),
    word_columns,
    word_columns,
    word_columns,
    st.sampled_from(["", "from ${source_title}", "${message_link} \U0001f600", "\n--\n${sender}"]),
)
limits = st.builds(TextLimits, text=st.integers(1, 60), caption=st.integers(1, 60))

_media = st.sampled_from([None, None, None, MediaKind.WEB_PAGE, MediaKind.PHOTO, MediaKind.VIDEO_NOTE, MediaKind.POLL])
_album_media = st.sampled_from([MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT])


@st.composite
def _unit(draw: st.DrawFn, group: int) -> list[SourceMessage]:
    """One message or one album."""
    if draw(st.booleans()):
        rare = st.integers(0, 9).map(lambda number: number == 0)
        lone = message(1, media=draw(_media), is_service=draw(rare), is_protected=draw(rare))
        return [replace(lone, content=draw(contents))]
    captions = st.one_of(st.just(FormattedText("")), contents)
    size = draw(st.integers(2, 10))
    return [replace(message(1, media=draw(_album_media), album=group), content=draw(captions)) for _ in range(size)]


@st.composite
def sources(draw: st.DrawFn) -> list[SourceMessage]:
    """Messages of one chat, oldest first, with gaps between their ids."""
    members = [member for group in range(draw(st.integers(0, 8))) for member in draw(_unit(group))]
    gaps = draw(st.lists(st.integers(1, 3), min_size=len(members), max_size=len(members)))
    numbered = [replace(member, id=MessageId(id_)) for member, id_ in zip(members, accumulate(gaps), strict=True)]
    return [draw(_linked(member)) for member in numbered]


@st.composite
def _linked(draw: st.DrawFn, member: SourceMessage) -> SourceMessage:
    """The message as it may answer an older one, or tell that one was pinned."""
    older = draw(st.none() | st.integers(1, member.id))
    if older is None or older == member.id:
        return member
    return replace(member, pins=MessageId(older)) if member.is_service else replace(member, reply_to=MessageId(older))
