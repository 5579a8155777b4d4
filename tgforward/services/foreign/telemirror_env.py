"""telemirror's `.env`, brought into the form of its `mirror.config.yml`."""

import re
from collections.abc import Iterator
from typing import Any

from tgforward.services.foreign.file import ForeignFile, is_yes, read_file
from tgforward.services.foreign.remarks import Path, Remarks

_LINE = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=(.*)")
_ROUTE = re.compile(r"([^:]+):([^:]+)")
_WHOLE = "YAML_CONFIG_ENV"
_ELSEWHERE = {
    "SESSION_STRING": "an account is not part of a config: tgforward account import takes the session",
    "API_ID": "",
    "API_HASH": "",
    "USE_MEMORY_DB": "",
    "DATABASE_URL": "",
    "LOG_LEVEL": "",
    "PORT": "",
    "HOST": "",
    **dict.fromkeys(("DB_NAME", "DB_USER", "DB_HOST", "DB_PASS", "DB_PROTOCOL"), ""),
}
_USED = ("CHAT_MAPPING", "REMOVE_URLS", "REMOVE_URLS_LIST", "REMOVE_URLS_WL", "DISABLE_EDIT", "DISABLE_DELETE", _WHOLE)


def is_env(text: str) -> bool:
    """Whether this is such a file: its first line that says something sets a variable."""
    said = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return _LINE.fullmatch(next(said, "")) is not None


def read_env(text: str, called: str) -> tuple[ForeignFile, Remarks]:
    """What the variables say, and remarks on those that say nothing to us.

    Raises:
        InvalidInput: the YAML in `YAML_CONFIG_ENV` is none.
    """
    found = {name: (number, value) for number, name, value in _variables(text)}
    places: dict[Path, int] = {(name,): number for name, (number, _) in found.items()}
    remarks = Remarks(places)
    for name, (_, value) in found.items():
        if name not in _USED and value and (text := _ELSEWHERE.get(name, "this variable is not known")):
            remarks.add((name,), text)
    values = {name: value for name, (_, value) in found.items()}
    if _WHOLE in values:
        inner = read_file(values[_WHOLE].replace("\\n", "\n"), f"{_WHOLE} in {called}")
        data, line = inner.data, found[_WHOLE][0]
        places |= dict.fromkeys(inner.lines, line)
    else:
        data = _data(values, remarks)
        for key, name in (("directions", "CHAT_MAPPING"), ("filters", "REMOVE_URLS")):
            places[key,] = found.get(name, (1, ""))[0]
    return ForeignFile(data, places), remarks


def _variables(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _LINE.fullmatch(line):
            value = found[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            yield number, found[1], value[1:-1] if quoted else value


def _data(values: dict[str, str], remarks: Remarks) -> dict[str, Any]:
    data: dict[str, Any] = {
        "directions": list(_directions(values.get("CHAT_MAPPING", ""), remarks)),
        "disable_edit": values.get("DISABLE_EDIT", ""),
        "disable_delete": values.get("DISABLE_DELETE", ""),
    }
    if is_yes(values.get("REMOVE_URLS", "")):
        lists = {"blacklist": "REMOVE_URLS_LIST", "whitelist": "REMOVE_URLS_WL"}
        data["filters"] = [{"UrlMessageFilter": {key: _words(values.get(name, "")) for key, name in lists.items()}}]
    return data


def _directions(text: str, remarks: Remarks) -> Iterator[dict[str, Any]]:
    """`[a,b:c];[d:e]`: from a and b to c, from d to e."""
    for part in filter(None, (part.strip().strip("[]") for part in text.split(";"))):
        if found := _ROUTE.fullmatch(part):
            yield {"from": _words(found[1]), "to": _words(found[2])}
        else:
            remarks.add(("CHAT_MAPPING",), f"{part} is not SOURCE:DEST")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
