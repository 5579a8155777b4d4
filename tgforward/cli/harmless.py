"""Text of others, such as a chat's title, before a terminal sees it: it may hold what a terminal takes as orders."""

_ORDERS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


def harmless(text: str) -> str:
    """The text without control characters; each stays one character, so that offsets stay right."""
    return text.translate(_ORDERS)
