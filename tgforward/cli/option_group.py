"""Options that several commands share: the fields of a dataclass become options of each command that takes it."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter
from typing import Any


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer shall see it: fields stand in the place of each parameter that is a dataclass of options."""
    signature = inspect.signature(command)
    groups: dict[str, Any] = {
        name: found.annotation for name, found in signature.parameters.items() if is_dataclass(found.annotation)
    }
    seen = [option for found in signature.parameters.values() for option in _options(found)]

    @wraps(command)
    def run(**typed: Any) -> None:
        for name, group in groups.items():
            typed[name] = group(**{field.name: typed.pop(field.name) for field in fields(group)})
        command(**typed)

    run.__signature__ = signature.replace(parameters=seen)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {option.name: option.annotation for option in seen}
    return run


def _options(parameter: Parameter) -> Iterator[Parameter]:
    if not is_dataclass(parameter.annotation):
        yield parameter.replace(kind=Parameter.KEYWORD_ONLY)
        return
    for field in fields(parameter.annotation):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=field.type)
