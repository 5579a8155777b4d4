"""Steps of a run as spans."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from tgforward.services.lane import Lane

P = ParamSpec("P")
T = TypeVar("T")
Step = Callable[Concatenate[Lane, P], Coroutine[Any, Any, T]]


def traced(name: str) -> Callable[[Step[P, T]], Step[P, T]]:
    """The same step of a lane, inside a span of that name."""

    def decorate(step: Step[P, T]) -> Step[P, T]:
        @wraps(step)
        async def run(lane: Lane, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with lane.deps.tracer.span(name):
                return await step(lane, *args, **kwargs)

        return run

    return decorate
