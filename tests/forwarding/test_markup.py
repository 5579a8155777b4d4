from dataclasses import replace

import pytest

from tests.forwarding.build import CONTEXT, bold, italic, message
from tgforward.errors import InvalidInput
from tgforward.forwarding.links import message_link
from tgforward.forwarding.markup import Markup, TextFormat
from tgforward.forwarding.message import Entity, EntityKind, FormattedText
from tgforward.types import ChatId, MessageId

HERE = replace(CONTEXT, source_title="<b>R&D</b> \U0001f600").at(message(7))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("plain &lt;b&gt; &amp; 1 < 2", FormattedText("plain <b> & 1 < 2")),
        ("<b>a<i>b</i></b>", FormattedText("ab", (bold(0, 2), italic(1, 1)))),
        (
            "<i>${source_title}</i> by <b>${sender}</b>",
            FormattedText("<b>R&D</b> \U0001f600 by Ann", (italic(0, 13), bold(17, 3))),
        ),
        (
            '<a href="${message_link}">link</a>',
            FormattedText("link", (Entity(0, 4, EntityKind.TEXT_LINK, "https://t.me/c/1234567890/7"),)),
        ),
        (
            "<u>u</u><s>s</s><code>c</code><pre>p</pre><tg-spoiler>t</tg-spoiler>",
            FormattedText(
                "uscpt",
                (
                    Entity(0, 1, EntityKind.UNDERLINE),
                    Entity(1, 1, EntityKind.STRIKE),
                    Entity(2, 1, EntityKind.CODE),
                    Entity(3, 1, EntityKind.PRE),
                    Entity(4, 1, EntityKind.SPOILER),
                ),
            ),
        ),
        (
            "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
            FormattedText(
                "ab", (Entity(0, 1, EntityKind.BLOCKQUOTE), Entity(1, 1, EntityKind.BLOCKQUOTE, "collapsed"))
            ),
        ),
        ("\n <b> a </b>\n", FormattedText("a", (bold(0, 1),))),
        ("<b></b>x", FormattedText("x")),
        ("$${date}", FormattedText("${date}")),
    ],
)
def test_html(markup: str, expected: FormattedText) -> None:
    """Tags become entities, values are never taken for tags, white space at the edges goes."""
    assert Markup.parse(markup, TextFormat.HTML).render(HERE) == expected


def test_a_link_without_an_address_is_plain_text() -> None:
    """A message of a basic group has no link."""
    group = replace(HERE, chat_id=ChatId(-5))
    assert message_link(group.chat_id, None, MessageId(7)) == ""
    assert Markup.parse('<a href="${message_link}">link</a>', TextFormat.HTML).render(group) == FormattedText("link")


def test_plain_text_has_no_tags() -> None:
    """What looks like a tag is text."""
    assert Markup.parse(" <b>${sender}</b>").render(HERE) == FormattedText("<b>Ann</b>")


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        ("<q>x</q>", "it uses <q>, which is not known: use <b> <i> <u>"),
        ("<b>x", "it does not close <b>: add </b>"),
        ("<b><i>x</b></i>", "it closes <b>, which is not the last one that was opened"),
        ("x</b>", "it closes <b>, which is not the last one that was opened"),
        ("<a>x</a>", 'it has <a> without a link: write <a href="https://...">'),
        ("<a hrf='x'>x</a>", "it gives <a> 'hrf': its only attribute is href"),
        ("<b class='x'>x</b>", "it gives <b> 'class': it takes no attribute"),
        ("<!-- x -->", "it has a comment or declaration, ' x ': remove it"),
        ("<a href='${x}'>x</a>", r"it uses \$\{x\}, which is not known"),
        ("<b>${date</b>}", r"it has a \$\{ without its \}"),
    ],
)
def test_mistakes(markup: str, sentence: str) -> None:
    """A tag or name that is not known, or not closed, is refused when the config is saved."""
    with pytest.raises(InvalidInput, match=sentence):
        Markup.parse(markup, TextFormat.HTML)
