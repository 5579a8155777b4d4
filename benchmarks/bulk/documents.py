"""Documents of many configs."""

from collections.abc import Callable
from typing import Any

from benchmarks.settle.scene import LANES
from tgforward.services.bulk.export import format_entries
from tgforward.services.bulk.reading import read_document

Change = Callable[[int], dict[str, Any]]
"""What is otherwise than at first, by the number of the config."""

DOCUMENTS: dict[str, Change] = {
    "new": lambda _: {},
    "unchanged": lambda _: {},
    "alike": lambda _: {"interval_second": 60},
    "changed": lambda number: {
        "add_text": f"from ${{source_title}}, edition {number}",
        "rules": {"send": {"delay_s": number % 1000 + 1}},
        "interval_second": 30 + number % 7,
    },
}
"""In the order in which they are applied. `alike`: all configs get the same; `changed`: each gets something else."""


def make_document(count: int, change: Change) -> str:
    """So many configs, each with two dests, words, a text of its own and one of five rule sets."""
    return format_entries([_entry(number) | change(number) for number in range(count)])


def count_differences(one: str, other: str) -> int:
    """How many configs of one document are otherwise in the other, or missing."""
    said = [[(entry.values, entry.dests) for entry in read_document(text, "it").entries] for text in (one, other)]
    first, second = said
    return sum(a != b for a, b in zip(first, second, strict=False)) + abs(len(first) - len(second))


def _entry(number: int) -> dict[str, Any]:
    return {
        "name": f"config {number}",
        "source": -1001000000000 - number,
        "dests": [-1002000000000 - number % 100, -1003000000000 - number % 77],
        "account": f"account{number % LANES}",
        "interval_second": 20,
        "history": 100,
        "time_zone": "Europe/Berlin",
        "skip_word": f"ad{number % 50},promo",
        "add_text": f"from ${{source_title}}, number {number}",
        "rules": {"steps": [{"remove_links": True}], "send": {"silent": True, "delay_s": number % 5 + 1}},
    }
