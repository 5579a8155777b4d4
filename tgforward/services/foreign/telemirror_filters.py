"""telemirror's filters as steps of a rule set."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tgforward.services.foreign.file import is_yes, items, mapping
from tgforward.services.foreign.markdown import line, literal
from tgforward.services.foreign.remarks import Path, Remarks
from tgforward.services.foreign.steps import Steps, whole_word
from tgforward.services.foreign.telemirror_urls import remove_urls, skip_urls

ALL = "SkipAllFilter"
_FORMAT = "{message_text}\n\nForwarded from [{channel_name}]({message_link})"
_NAMES = {
    "channel_name": "${source_title}",
    "message_link": "${message_link}",
    "sender_title": "${sender}",
    "sender_username": "",
}
_NAME = re.compile(r"\{(channel_name|message_link|sender_title|sender_username)\}")
_TEXT = "{message_text}"


def filter_steps(filters: Sequence[Any], path: Path, source: str, remarks: Remarks) -> list[dict[str, Any]]:
    """The steps of the filters, in their order; `source` is the chat that they filter."""
    steps = Steps(remarks)
    for number, named in enumerate(filters):
        name, options = _named(named)
        where = (*path, number) if isinstance(named, str) else (*path, number, name)
        if name in _FILTERS:
            _FILTERS[name]({**options, "source": source}, where, steps)
        elif name == "RestrictSavingContentBypassFilter":
            remarks.add(where, "messages of a chat that forbids forwarding are skipped")
        elif name not in ("EmptyMessageFilter", ALL):
            remarks.add(where, "there is no such filter")
    return steps.steps


def skips_all(filters: Sequence[Any]) -> bool:
    """Whether nothing gets through: our config is paused."""
    return any(_named(named)[0] == ALL for named in filters)


def _named(named: Any) -> tuple[str, dict[str, Any]]:
    """A filter is a mere name, or a name with its options."""
    if isinstance(named, dict) and named:
        name, options = next(iter(named.items()))
        return str(name), mapping(options)
    return str(named), {}


def _skip(options: dict[str, Any], path: Path, steps: Steps) -> None:
    if keywords := _keywords(options):
        steps.add_texts(path, "skip", {"regex": list(keywords)})


def _allow(options: dict[str, Any], path: Path, steps: Steps) -> None:
    if keywords := _keywords(options):
        steps.add_texts(path, "allow", {"regex": list(keywords)})


def _replace(options: dict[str, Any], path: Path, steps: Steps) -> None:
    texts = mapping(options.get("keywords"))
    for (pattern, is_regex), (word, text) in zip(_keywords(options).items(), texts.items(), strict=True):
        new = str(text) if is_regex else str(text).replace("\\", r"\\")
        steps.add((*path, "keywords", word), "replace", {"regex": pattern, "with": new})


def _keywords(options: dict[str, Any]) -> dict[str, bool]:
    """The pattern of each keyword, and whether it was one: they stand by themselves, unless they are patterns."""
    given = options.get("keywords")
    words = [str(word) for word in (given if isinstance(given, dict) else items(given))]
    found = {}
    for word in words:
        is_raw = word.startswith("r'")
        is_regex = is_raw or is_yes(options.get("regex"))
        pattern = word.removeprefix("r'").removesuffix("'") if is_raw else word
        found[pattern if is_regex else whole_word(word)] = is_regex
    return found


def _format(options: dict[str, Any], path: Path, steps: Steps) -> None:
    text = str(options.get("format") or _FORMAT)
    where = (*path, "format")
    if "{sender_username}" in text:
        steps.remarks.add(where, "{sender_username} is left out: only the sender's name is known")
    if _TEXT not in text:
        steps.remarks.add(where, "left out: a line cannot stand instead of the text")
        return
    mapped = {str(chat): str(name) for chat, name in mapping(options.get("mapped")).items()}
    names = _NAMES | ({"channel_name": literal(mapped[options["source"]])} if options["source"] in mapped else {})
    before, _, after = text.partition(_TEXT)
    for key, part in (("header", before), ("footer", after)):
        filled = _NAME.sub(lambda found: names[found[1]], literal(part))
        if not filled.strip():
            continue
        if "\n" not in part:
            steps.remarks.add(where, f"the {key} is put on a line of its own")
        steps.add(where, key, line(filled.replace("{{", "{").replace("}}", "}")))


_FILTERS: Mapping[str, Callable[[dict[str, Any], Path, Steps], None]] = {
    "SkipUrlFilter": skip_urls,
    "UrlMessageFilter": remove_urls,
    "ForwardFormatFilter": _format,
    "MappedNameForwardFormat": _format,
    "KeywordReplaceFilter": _replace,
    "SkipWithKeywordsFilter": _skip,
    "AllowWithKeywordsFilter": _allow,
}
