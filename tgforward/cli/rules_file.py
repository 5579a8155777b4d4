"""A rule set in the file of a person, or on standard input."""

import sys
from pathlib import Path

from tgforward.errors import InvalidInput
from tgforward.services.documents import parse_document

STDIN = "-"


def read_rules(name: str) -> object:
    """The document in the file of that name, `-` being standard input; an empty name is an empty document.

    Raises:
        InvalidInput: the file cannot be read, or is neither YAML nor JSON.
    """
    if not name:
        return {}
    document = parse_document(read_text(name), called(name))
    if document is None:
        raise InvalidInput(f"{called(name)} is empty: give a rule set, or --rules '' to take it away")
    return document


def read_text(name: str) -> str:
    """What the file of that name says, `-` being standard input.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return sys.stdin.read() if name == STDIN else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{called(name)} is no text in UTF-8: save it as such") from error


def called(name: str) -> str:
    """What errors call it."""
    return "standard input" if name == STDIN else name
