"""A rule set as people keep it: a YAML or JSON file.

Only what looks like a number or is spelled true, false or null is something else than text: YAML 1.1 would turn the
word `no` into false and the time `22:00` into 1320.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from tgforward.errors import InvalidInput

STDIN = "-"
LINE_ENDS = frozenset("\x85\u2028\u2029")


def read_rules(name: str) -> object:
    """The document in the file of that name, `-` being standard input; an empty name is an empty document.

    Raises:
        InvalidInput: the file cannot be read, or is neither YAML nor JSON.
    """
    if not name:
        return {}
    document = _parse(_read(name), name)
    if document is None:
        raise InvalidInput(f"{_called(name)} is empty: give a rule set, or --rules '' to take it away")
    return document


def format_rules(document: dict[str, Any]) -> str:
    """The document as YAML that `read_rules` reads back."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == STDIN else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{_called(name)} is no text in UTF-8: save it as such") from error


def _parse(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader: it makes nothing but plain data
    except yaml.YAMLError as error:
        raise InvalidInput(f"{_called(name)} is neither YAML nor JSON{_place(error)}") from error


def _called(name: str) -> str:
    return "standard input" if name == STDIN else name


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return ""
    return f": {getattr(error, 'problem', None) or 'a mistake'} in line {mark.line + 1}, column {mark.column + 1}"


class _Dumper(yaml.SafeDumper):
    """Safe; text with Unicode's own line ends is quoted, since PyYAML would read them back as blanks."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if LINE_ENDS.intersection(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style)


_Dumper.add_representer(str, _Dumper.represent_str)


class _Loader(yaml.SafeLoader):
    """Safe, with YAML 1.2's plain words; a key that stands twice is a mistake."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own name and way

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


_PLAIN = {
    "null": ("~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": ("true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": ("[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+][0-9]+)?", list("-+0123456789")),
}
for _kind, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), _first)
