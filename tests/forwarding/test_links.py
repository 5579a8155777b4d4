import pytest

from tgforward.errors import InvalidInput
from tgforward.forwarding.links import (
    ById,
    ByInvite,
    ByUsername,
    ChatReference,
    message_link,
    parse_chat_reference,
    source_link,
)
from tgforward.types import ChatId, MessageId

CHANNEL = ById(ChatId(-1000000123456))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("-1001234567890", ById(ChatId(-1001234567890))),
        (" 12345 ", ById(ChatId(12345))),
        ("-42", ById(ChatId(-42))),
        ("@durov", ByUsername("durov")),
        ("durov", ByUsername("durov")),
        ("gif", ByUsername("gif")),
        ("t.me/durov", ByUsername("durov")),
        ("https://t.me/durov/", ByUsername("durov")),
        ("http://www.telegram.me/durov", ByUsername("durov")),
        ("HTTPS://T.ME/durov/123?single", ByUsername("durov")),
        ("https://t.me/forum/7/123", ByUsername("forum")),
        ("https://t.me/s/durov", ByUsername("durov")),
        ("https://t.me/s/durov/12", ByUsername("durov")),
        ("t.me/c/123456/7", CHANNEL),
        ("https://t.me/c/123456/7/8?thread=1", CHANNEL),
        ("t.me/c/123456", CHANNEL),
        ("https://t.me/+AbC-d_123", ByInvite("AbC-d_123")),
        ("t.me/joinchat/AbCd123", ByInvite("AbCd123")),
        ("tg://resolve?domain=durov&post=12", ByUsername("durov")),
        ("tg:resolve?domain=durov", ByUsername("durov")),
        ("tg://join?invite=AbCd123", ByInvite("AbCd123")),
        ("tg://privatepost?channel=123456&post=7", CHANNEL),
    ],
)
def test_what_names_a_chat(text: str, reference: ChatReference) -> None:
    """Ids, names and links to chats and messages name a chat."""
    assert parse_chat_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "0",
        "-",
        "ab",
        "1abc",
        "two words",
        "@name!",
        "+8613800000000",
        "https://t.me/+8613800000000",
        "https://example.com/durov",
        "t.me/",
        "t.me/joinchat",
        "t.me/c/abc/1",
        "t.me/addstickers/Animals",
        "tg://resolve?phone=8613800000000",
        "tg://settings",
        "99999999999999999999",
        "\u0661\u0662\u0663",
        "https://t.me/c/\u0661/1",
    ],
)
def test_what_names_no_chat(text: str) -> None:
    """Anything else is refused in one sentence that shows what is possible and repeats no phone number."""
    with pytest.raises(InvalidInput) as caught:
        parse_chat_reference(text)
    assert "give an id such as -1001234567890" in str(caught.value)
    assert "8613800000000" not in str(caught.value)


def test_an_invite_is_not_shown() -> None:
    """Whoever reads a log cannot join the chat."""
    assert "AbCd123" not in repr(parse_chat_reference("t.me/+AbCd123"))


@pytest.mark.parametrize(
    ("chat", "username", "source", "message"),
    [
        (-1001234567890, "news", "https://t.me/news", "https://t.me/news/7"),
        (-1001234567890, None, "https://t.me/c/1234567890/1", "https://t.me/c/1234567890/7"),
        (-1000000123456, None, "https://t.me/c/123456/1", "https://t.me/c/123456/7"),
        (777, "durov", "https://t.me/durov", ""),
        (777, None, "", ""),
        (-42, None, "", ""),
    ],
)
def test_links(chat: int, username: str | None, source: str, message: str) -> None:
    """Public chats are linked by name, private channels by number, others have no links."""
    assert source_link(ChatId(chat), username) == source
    assert message_link(ChatId(chat), username, MessageId(7)) == message
