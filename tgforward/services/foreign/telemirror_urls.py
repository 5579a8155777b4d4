"""telemirror's filters of links and mentions."""

import re
from typing import Any

from tgforward.services.foreign.file import is_yes, items
from tgforward.services.foreign.remarks import Path
from tgforward.services.foreign.steps import Steps, escaped

MENTION = r"(?:^|[^\w@])@[A-Za-z]\w{3,31}"
_PLACEHOLDER = "***"


def skip_urls(options: dict[str, Any], path: Path, steps: Steps) -> None:
    """Messages with a link are skipped; by default those with a mention too."""
    conditions: list[dict[str, Any]] = [{"has_link": True}]
    if is_yes(options.get("skip_mention", True)):
        conditions.append({"regex": MENTION})
        steps.remarks.add(path, "people who are mentioned without an @name are not looked for")
    steps.add(path, "skip", conditions)


def remove_urls(options: dict[str, Any], path: Path, steps: Steps) -> None:
    """Links and mentions are taken out of the text: all, or those of a list."""
    placeholder = str(options.get("placeholder", _PLACEHOLDER))
    if items(options.get("blacklist")):
        _listed_urls(options, path, steps, placeholder)
    elif items(options.get("whitelist")):
        steps.remarks.add((*path, "whitelist"), "left out: all links are removed or none, except those that are listed")
    else:
        if placeholder:
            steps.remarks.add(path, f"nothing is put in a link's place, not even {placeholder}")
        steps.add(path, "remove_links", True)
    _mentions(options, path, steps, placeholder)


def _listed_urls(options: dict[str, Any], path: Path, steps: Steps, placeholder: str) -> None:
    for url in map(str, items(options["blacklist"])):
        step = {"regex": _pattern(url), "with": placeholder.replace("\\", r"\\")}
        steps.add((*path, "blacklist"), "replace", step)
    steps.remarks.add((*path, "blacklist"), "links that stand behind a text stay")
    if items(options.get("whitelist")):
        steps.remarks.add((*path, "whitelist"), "left out: a listed link is removed wherever it leads")


def _mentions(options: dict[str, Any], path: Path, steps: Steps, placeholder: str) -> None:
    wanted = options.get("filter_mention")
    if isinstance(wanted, list | set | dict):
        names = {str(name): placeholder for name in items(wanted)}
        steps.replace_in_turn((*path, "filter_mention"), names, case=False)
    elif is_yes(wanted):
        steps.add((*path, "filter_mention"), "remove_mentions", True)
        return
    if is_yes(options.get("filter_by_id_mention")):
        text = "mentions without an @name go only together with all mentions"
        steps.remarks.add((*path, "filter_by_id_mention"), text)


def _pattern(url: str) -> str:
    """An address, of the place itself or a part of it, but not one that only ends or begins the same."""
    bare = re.sub(r"^https?://(www\.)?|/$", "", url)
    return rf"\b(?:https?://)?(?:[\w-]+\.)*{escaped(bare)}\b(?:/\S*)?"
