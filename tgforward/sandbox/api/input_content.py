"""What a client sends as media and is no file."""

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.contents import roll
from tgforward.sandbox.world.pages import page_of

FEWEST_ANSWERS, MOST_ANSWERS = 2, 12


def resolve_content(call: Call, media: Tl) -> Tl | None:
    """The content that `media` describes; None where it describes none.

    A die is rolled anew and a poll begins anew, without votes: only a forward keeps them.

    Raises:
        Refusal: the poll is not complete.
    """
    match media:
        case types.InputMediaContact():
            return types.MessageMediaContact(media.phone_number, media.first_name, media.last_name, media.vcard, 0)
        case types.InputMediaGeoPoint():
            return types.MessageMediaGeo(_place(call, media.geo_point))
        case types.InputMediaGeoLive():
            return types.MessageMediaGeoLive(_place(call, media.geo_point), media.period or 0, media.heading)
        case types.InputMediaVenue():
            told = (media.title, media.address, media.provider, media.venue_id, media.venue_type)
            return types.MessageMediaVenue(_place(call, media.geo_point), *told)
        case types.InputMediaDice():
            return roll(media.emoticon, call.world.files.next_id())
        case types.InputMediaWebPage():
            size = {"force_large_media": media.force_large_media, "force_small_media": media.force_small_media}
            return page_of(media.url, manual=True, **size)
        case types.InputMediaPoll():
            return _poll(call, media)
    return None


def _place(call: Call, point: Tl) -> Tl:
    return types.GeoPoint(point.long, point.lat, access_hash=call.world.files.next_id())


def _poll(call: Call, media: Tl) -> Tl:
    poll = media.poll
    if not poll.question.text:
        raise Refusal("POLL_QUESTION_INVALID")
    if not FEWEST_ANSWERS <= len(poll.answers) <= MOST_ANSWERS:
        raise Refusal("POLL_ANSWERS_INVALID")
    if poll.quiz and not media.correct_answers:
        raise Refusal("QUIZ_CORRECT_ANSWERS_EMPTY")
    answers = [types.PollAnswer(answer.text, bytes([place])) for place, answer in enumerate(poll.answers)]
    stored = types.Poll(
        call.world.files.next_id(),
        poll.question,
        answers,
        hash=0,
        public_voters=poll.public_voters,
        multiple_choice=poll.multiple_choice,
        quiz=poll.quiz,
    )
    return types.MessageMediaPoll(stored, types.PollResults(total_voters=0))
