"""What becomes of a message, marked in its text."""

from functools import reduce

from markupsafe import Markup

from tgforward.forwarding.comparison import PartKind, compare
from tgforward.forwarding.entities import append_line
from tgforward.forwarding.message import FormattedText
from tgforward.services.preview import PreviewedMessage, PreviewedText

TAGS = {PartKind.SAME: Markup("{}"), PartKind.GONE: Markup("<del>{}</del>"), PartKind.NEW: Markup("<ins>{}</ins>")}


def compared(item: PreviewedMessage) -> Markup:
    """The text that would be sent, with what went and what came marked; several messages under each other."""
    before, after = _content(item.before), reduce(append_line, map(_content, item.after))
    texts = {PartKind.SAME: after.text, PartKind.GONE: before.text, PartKind.NEW: after.text}
    parts = compare(before, after)
    return Markup("").join(TAGS[part.kind].format(texts[part.kind][part.start : part.end]) for part in parts)


def _content(text: PreviewedText) -> FormattedText:
    return FormattedText(text.text, text.entities)
