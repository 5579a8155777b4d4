"""Documents as people keep them: YAML or JSON, read as plain data and written so that they read back the same.

Only what looks like a number or is spelled true, false or null is something else than text: YAML 1.1 would turn the
word `no` into false and the time `22:00` into 1320.
"""

import json
import re
from typing import Any

import yaml

from tgforward.errors import InvalidInput

LINE_ENDS = frozenset("\x85\u2028\u2029")


def parse_document(text: str, called: str) -> object:
    """The plain data of a YAML or JSON text; `called` names it in errors. None if it is empty.

    Raises:
        InvalidInput: it is neither YAML nor JSON; says in which line.
    """
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return yaml.load(text, PlainLoader)  # noqa: S506 - a SafeLoader: it makes nothing but plain data
    except yaml.YAMLError as error:
        raise InvalidInput(f"{called} is neither YAML nor JSON{place_of(error)}") from error


def format_document(document: object) -> str:
    """The data as YAML that `parse_document` reads back."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def place_of(error: yaml.YAMLError) -> str:
    """What is wrong with a document and where, ready to end a sentence."""
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


class PlainLoader(yaml.SafeLoader):
    """Safe, with YAML 1.2's plain words; a key that stands twice is a mistake."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own name and way

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A dict, unless a key stands twice."""
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
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_pattern})\Z"), _first)
_FIRST = frozenset(PlainLoader.yaml_implicit_resolvers)


def json_as_yaml(text: str) -> str:
    """The text with its lines as they are, ready for a YAML reader: YAML has no surrogates, no tabs, more line ends.

    What is no JSON comes back unchanged.
    """
    try:
        json.loads(text)
    except ValueError:
        return text
    return _JSON_TEXT.sub(lambda found: _quoted(json.loads(found[0])), text.replace("\t", " "))


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)


_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """Reads as `PlainLoader` does, by libyaml where PyYAML has it: for files of thousands of entries."""

    yaml_implicit_resolvers = PlainLoader.yaml_implicit_resolvers

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag of a node; most are texts, and PyYAML's own way to find that out took half of the reading."""
        if kind is yaml.ScalarNode and value and (not implicit[0] or value[0] not in _FIRST):
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


class QuickDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # chosen at run time
    """Writes as `format_document` does, by libyaml where PyYAML has it."""


def _represent_text(dumper: Any, data: str) -> yaml.ScalarNode:
    node: yaml.ScalarNode = dumper.represent_scalar(
        "tag:yaml.org,2002:str", data, '"' if LINE_ENDS.intersection(data) else None
    )
    return node


QuickDumper.add_representer(str, _represent_text)
