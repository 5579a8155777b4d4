"""Two versions of a formatted text side by side in one, for a terminal."""

from rich.text import Text

from tgforward.cli.harmless import harmless
from tgforward.forwarding.comparison import PartKind, compare, spans
from tgforward.forwarding.message import EntityKind, FormattedText

STYLES = {
    EntityKind.BOLD: "bold",
    EntityKind.ITALIC: "italic",
    EntityKind.UNDERLINE: "underline",
    EntityKind.STRIKE: "strike",
    EntityKind.TEXT_LINK: "underline",
    EntityKind.CODE: "cyan",
    EntityKind.PRE: "cyan",
}


def styled(content: FormattedText) -> Text:
    """The text as a terminal can show it, bold in bold."""
    shown = Text(harmless(content.text))
    for start, end, entity in spans(content):
        if (style := STYLES.get(entity.kind)) is not None:
            shown.stylize(style, start, end)
    return shown


def diff(before: FormattedText, after: FormattedText, *, is_coloured: bool) -> Text:
    """Both texts in one; a word whose formatting changed counts as another word.

    Without colours what went stands in `[-…-]` and what came in `{+…+}`.
    """
    shown_old, shown_new = styled(before), styled(after)
    result = Text()
    for part in compare(before, after):
        match part.kind:
            case PartKind.SAME:
                result.append_text(shown_new[part.start : part.end])
            case PartKind.GONE:
                gone = shown_old[part.start : part.end]
                result.append_text(_marked(gone, "red strike", "[-", "-]", is_coloured))
            case PartKind.NEW:
                came = shown_new[part.start : part.end]
                result.append_text(_marked(came, "green", "{+", "+}", is_coloured))
    return result


def _marked(part: Text, style: str, opening: str, closing: str, is_coloured: bool) -> Text:
    if not is_coloured:
        return Text.assemble(opening, part, closing)
    part.stylize(style)
    return part
