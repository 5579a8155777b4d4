"""tgcf's plugins as steps of a rule set."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tgforward.services.foreign.file import is_yes, items, mapping
from tgforward.services.foreign.markdown import line, literal
from tgforward.services.foreign.remarks import Path, Remarks
from tgforward.services.foreign.steps import Steps

_KINDS = {
    "audio": ["audio"],
    "gif": ["animation"],
    "video": ["video"],
    "video_note": ["video_note"],
    "sticker": ["sticker"],
    "contact": ["contact"],
    "photo": ["photo"],
    "document": ["document", "voice"],
    "nofile": ["text", "web_page", "poll", "location", "venue", "dice", "other"],
}
"""What its kinds of files are here; a voice message is a document to it."""
_MISSING = {
    "mark": "no watermark is put on pictures",
    "ocr": "no text is read from pictures",
    "sender": "the account that reads a source also writes to its dests",
}


def plugin_steps(plugins: Mapping[str, Any], remarks: Remarks) -> list[dict[str, Any]]:
    """The steps of all plugins that are on, in the order of the file."""
    steps = Steps(remarks)
    for name, content in plugins.items():
        options, path = mapping(content), ("plugins", name)
        if not is_yes(options.get("check", True)):  # older versions had no switch: what is there is on
            continue
        if name in _PLUGINS:
            _PLUGINS[name](options, path, steps)
        else:
            remarks.add(path, _MISSING.get(name, "there is no such plugin"))
    return steps.steps


def _filter(options: dict[str, Any], path: Path, steps: Steps) -> None:
    for part, make in (("users", _senders), ("files", _kinds)):
        for where, step, values in _lists(options, path, part):
            if condition := make(values, where, steps.remarks):
                steps.add(where, step, condition)
    text = mapping(options.get("text"))
    case = {"case": True} if is_yes(text.get("case_sensitive")) else {}
    for where, step, values in _lists(options, path, "text"):
        steps.add_texts(where, step, {"regex" if is_yes(text.get("regex")) else "words": values, **case})


def _lists(options: dict[str, Any], path: Path, part: str) -> Iterator[tuple[Path, str, list[str]]]:
    """What is left out and what is let through, with the key of the step that does it."""
    for key, step in (("blacklist", "skip"), ("whitelist", "allow")):
        if values := [str(value) for value in items(mapping(options.get(part)).get(key))]:
            yield (*path, part, key), step, values


def _senders(values: list[str], path: Path, remarks: Remarks) -> dict[str, Any]:
    numbers = [int(value) for value in values if re.fullmatch(r"-?[0-9]+", value)]
    if len(numbers) < len(values):
        remarks.add(path, "users are given by number; the others are left out")
    return {"sender": numbers} if numbers else {}


def _kinds(values: list[str], path: Path, remarks: Remarks) -> dict[str, Any]:
    if unknown := [value for value in values if value not in _KINDS]:
        remarks.add(path, f"there is no kind of file called {', '.join(unknown)}")
    kinds = [kind for value in values for kind in _KINDS.get(value, ())]
    return {"kind": kinds} if kinds else {}


def _replace(options: dict[str, Any], path: Path, steps: Steps) -> None:
    words = {word: str(text) for word, text in mapping(options.get("text")).items()}
    if not is_yes(options.get("regex")):
        steps.replace_in_turn((*path, "text"), words, case=True)
        return
    for regex, text in words.items():
        steps.add((*path, "text", regex), "replace", {"regex": regex, "with": text, "case": True})


def _format(options: dict[str, Any], path: Path, steps: Steps) -> None:
    if options.get("style", "preserve") != "preserve":
        steps.remarks.add((*path, "style"), "texts keep the formatting that they have")


def _caption(options: dict[str, Any], path: Path, steps: Steps) -> None:
    for key, at_edge in (("header", str.endswith), ("footer", str.startswith)):
        text = str(options.get(key) or "")
        if not text.strip():
            continue
        if not at_edge(text, "\n"):
            steps.remarks.add((*path, key), "it is put on a line of its own")
        steps.add((*path, key), key, line(literal(text)))


_PLUGINS: Mapping[str, Callable[[dict[str, Any], Path, Steps], None]] = {
    "filter": _filter,
    "replace": _replace,
    "fmt": _format,
    "format": _format,
    "caption": _caption,
}
