from dataclasses import replace

from tests.forwarding.build import album, bold, message
from tgforward.forwarding.duplicates import content_hash
from tgforward.forwarding.message import MediaKind

TEXT = message(1, "hello")
PHOTO = replace(message(1, "hello", media=MediaKind.PHOTO), media_id=5)
HELLO = -5207931041752348634


def test_the_same_content_has_the_same_hash() -> None:
    """Number, date, sender and formatting of the message do not count."""
    assert content_hash([TEXT]) == content_hash([message(2, "hello", bold(0, 5), media=MediaKind.WEB_PAGE)])
    assert content_hash([PHOTO]) == content_hash([replace(PHOTO, id=message(9).id, sender="Bob")])
    assert content_hash(album(1, ["a", ""], group=3)[:1]) != content_hash(album(1, ["a", ""], group=3))


def test_other_content_has_another_hash() -> None:
    """Text and media both count, and where the one text ends and the next begins."""
    units = [
        [TEXT], [PHOTO], [replace(PHOTO, media_id=6)], [message(1, "Hello")],
        [replace(PHOTO, content=message(1, "").content)],
        [TEXT, message(2, "x")], [message(1, "hellox")], [message(1, "x"), message(2, "hello")],
    ]  # fmt: skip
    assert len({content_hash(unit) for unit in units}) == len(units)


def test_media_without_a_number_equals_no_other() -> None:
    """Two polls may look the same to us and are not."""
    assert content_hash([message(1, media=MediaKind.POLL)]) != content_hash([message(2, media=MediaKind.POLL)])
    assert content_hash([message(1, media=MediaKind.POLL)]) == content_hash([message(1, media=MediaKind.POLL)])


def test_the_hash_is_a_signed_64_bit_number_for_ever() -> None:
    """The ledger keeps it: it may not change with a version of ours or Python's."""
    assert content_hash([TEXT]) == HELLO
    assert -(2**63) <= HELLO < 2**63
