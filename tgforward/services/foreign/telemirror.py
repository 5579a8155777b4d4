"""telemirror's `mirror.config.yml`, and the same in its `.env`.

Source: github.com/khoben/telemirror, README, `.env-example` and `mirror.config.yml-example`
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tgforward.services.foreign.chats import entry_of, read_chat
from tgforward.services.foreign.file import ForeignFile, is_yes, items, mapping
from tgforward.services.foreign.remarks import Path, Remarks
from tgforward.services.foreign.telemirror_filters import filter_steps, skips_all
from tgforward.services.spots import NamedDest

_SETTINGS = ("disable_edit", "disable_delete", "mode", "filters")
_KNOWN = ("directions", "targets", *_SETTINGS)


def translate(file: ForeignFile, remarks: Remarks) -> list[dict[str, Any]]:
    """An entry for each source of each direction; several where its dests have settings of their own."""
    for key in file.data:
        if key not in _KNOWN:
            remarks.add((key,), "this key is not known")
    return [
        entry
        for number, direction in enumerate(items(file.data.get("directions")))
        for entry in _entries(mapping(direction), ("directions", number), file, remarks)
    ]


def _entries(direction: dict[str, Any], path: Path, file: ForeignFile, remarks: Remarks) -> Iterator[dict[str, Any]]:
    groups = _groups(direction, path, file, remarks)
    origins = [
        read_chat(origin, (*path, "from", place), remarks) for place, origin in enumerate(items(direction.get("from")))
    ]
    if not groups or not any(origins):
        remarks.add(path, "left out: it has no source or no dest")
        return
    for origin in origins:
        for settings, dests in groups if origin is not None else ():
            assert origin is not None
            yield entry_of(origin, dests) | _decided(settings, origin, remarks)


class _Settings:
    """What holds for some dests, and where each of it stands."""

    def __init__(self, *parts: tuple[Path, Mapping[str, Any]]) -> None:
        """Take each setting from the first part that has it."""
        self.values: dict[str, Any] = {}
        self.paths: dict[str, Path] = {}
        for path, part in parts:
            for key in _SETTINGS:
                if key in part and key not in self.values:
                    self.values[key], self.paths[key] = part[key], (*path, key)

    def text(self) -> str:
        """The same for the same settings."""
        return json.dumps([self.values, {key: list(path) for key, path in self.paths.items()}], default=sorted)


def _groups(
    direction: dict[str, Any], path: Path, file: ForeignFile, remarks: Remarks
) -> list[tuple[_Settings, list[NamedDest]]]:
    """The dests of a direction with their settings; those with the same ones together."""
    targets = {
        str(mapping(target).get("id")): (("targets", number), mapping(target))
        for number, target in enumerate(items(file.data.get("targets")))
    }
    found: dict[str, tuple[_Settings, list[NamedDest]]] = {}
    for number, value in enumerate(items(direction.get("to"))):
        own = [targets[str(value)]] if str(value) in targets else []
        settings = _Settings(*own, (path, direction), ((), file.data))
        if (dest := read_chat(value, (*path, "to", number), remarks)) is not None:
            found.setdefault(settings.text(), (settings, []))[1].append(dest)
    return list(found.values())


def _decided(settings: _Settings, origin: NamedDest, remarks: Remarks) -> dict[str, Any]:
    filters, path = items(settings.values.get("filters")), settings.paths.get("filters", ())
    rules: dict[str, Any] = {"steps": filter_steps(filters, path, origin.chat, remarks), "send": {}, "follow": {}}
    if settings.values.get("mode") == "forward":
        rules["send"] = {"mode": "forward"}
    if is_yes(settings.values.get("disable_edit")):
        rules["follow"] = {"edits": "ignore"}
    if not is_yes(settings.values.get("disable_delete")):
        rules["follow"] = {**rules["follow"], "deletions": "delete"}
    kept = {key: value for key, value in rules.items() if value}
    paused = {"paused": True} if skips_all(filters) else {}
    return {"instant": True, **({"rules": kept} if kept else {}), **paused}
