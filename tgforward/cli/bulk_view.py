"""How it is shown what a document of configs would change."""

from collections.abc import Iterator
from typing import Any

from tgforward.services.bulk.difference import Difference
from tgforward.services.bulk.shape import Shape


def difference_lines(difference: Difference) -> Iterator[str]:
    """A line for each config that is added, changed or removed, and under it what changes; the counts at the end."""
    for shape in difference.added:
        yield f"+ {_called(shape)}"
    for edit in difference.edits:
        yield f"~ config {edit.id}, {_called(edit.new)}"
        for key, (old, new) in edit.changes.items():
            yield f"    {key}: {_shown(old)} -> {_shown(new)}"
    for number, shape in difference.removed.items():
        yield f"- config {number}, {_called(shape)}"
    counts = len(difference.added), len(difference.edits), len(difference.removed)
    yield "{} to add, {} to change, {} to remove".format(*counts)


def plain_difference(difference: Difference) -> dict[str, Any]:
    """The same for programs."""
    changed = [{"id": edit.id, "changes": edit.changes} for edit in difference.edits]
    removed = [{"id": number} | dict(shape) for number, shape in difference.removed.items()]
    return {"added": difference.added, "changed": changed, "removed": removed}


def _called(shape: Shape) -> str:
    route = f"{shape['source']} to {', '.join(map(str, shape['dests']))}"
    return f"{shape['name']}: {route}" if shape.get("name") else route


def _shown(value: object) -> str:
    return "none" if value is None else repr(value) if isinstance(value, str) else str(value)
