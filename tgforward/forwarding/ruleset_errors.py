"""What is wrong with a document, in one sentence that names the place."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from tgforward.errors import InvalidInput

Place = tuple[int | str, ...]


class InvalidRules(InvalidInput):
    """A rule set is wrong; the sentence is about the first mistake."""

    def __init__(self, mistakes: Mapping[Place, str]) -> None:
        super().__init__(next(iter(mistakes.values())))
        self.mistakes = mistakes
        """A sentence for each place that has one."""


def sentences(error: ValidationError, document: type[BaseModel]) -> dict[Place, str]:
    """The mistakes that pydantic found, by their places; the first one of each."""
    mistakes: dict[Place, str] = {}
    for found in error.errors(include_url=False):
        # Of a union pydantic names the branch too, such as `tuple[union[int,str],...]`.
        place = tuple(key for key in found["loc"] if isinstance(key, int) or key.isidentifier())
        mistakes.setdefault(place, f"rules, {_place(place)}{_complaint(found, _keys_at(document, place))}")
    return mistakes


def _place(place: Place) -> str:
    words: list[str] = []
    for position, key in enumerate(place):
        if position and place[position - 1] == "steps" and isinstance(key, int):
            words[-1] = f"step {key + 1}"
        elif isinstance(key, str) and key not in {"str", "int", "bool"}:
            words.append(key)
    return f"{', '.join(words)}: " if words else ""


def _complaint(found: Mapping[str, Any], keys: list[str]) -> str:
    given = _shown(found["input"])
    context = found.get("ctx", {})
    match found["type"]:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return f"this key is not known: use one of {', '.join(keys)}"
        case "missing":
            return "this key is missing: give it"
        case "enum" | "literal_error":
            return f"{given} is not known: use one of {context['expected']}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{given} is no object: give one with keys such as {', '.join(keys)}"
        case _:
            return f"{given} is not allowed: {_plain(found['msg'])}"


def _plain(message: str) -> str:
    return re.sub(r" after validation, not [0-9]+$", "", f"{message[:1].lower()}{message[1:]}".replace("tuple", "list"))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys_at(document: type[BaseModel], place: Place) -> list[str]:
    """The keys of the innermost object around the place."""
    model = document
    for key in place:
        field = model.model_fields.get(key) if isinstance(key, str) else None
        inner = None if field is None else _model_in(field.annotation)
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)
