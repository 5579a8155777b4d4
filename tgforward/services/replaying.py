"""Dead deliveries sent again: put back, and their configs enqueued."""

from tgforward.services.dead import Choice, PutBack, put_back
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import enqueue


async def replay(deps: Deps, choice: Choice, *, actor: str) -> list[PutBack]:
    """Send dead deliveries again under the same `random_id`; what became of that, by config.

    Raises:
        InvalidInput: one of the numbers names no dead delivery; nothing was changed.
    """
    found = await put_back(deps, choice, actor=actor)
    await enqueue(deps, *(item.config_id for item in found if item.hindrance is None))
    return found
