"""Which lanes a worker should have: pure, and every worker that sees the same comes to the same result."""

from collections.abc import Mapping, Sequence

from tgforward.types import AccountId

STEP = 4
"""A worker with too many lanes gives up a fourth of the surplus at a time, but at least one."""


def lanes_to_claim(free: Sequence[AccountId], counts: Mapping[str, int], me: str) -> list[AccountId]:
    """Which of the free lanes are mine when each goes to the worker that has the fewest by then."""
    if me not in counts:  # my own presence has lapsed
        return []
    having = dict(counts)
    mine = []
    for account_id in free:
        poorest = min(having, key=lambda owner: (having[owner], owner))
        having[poorest] += 1
        if poorest == me:
            mine.append(account_id)
    return mine


def lanes_to_give(counts: Mapping[str, int], me: str) -> int:
    """How many lanes I should give up, so that a worker which has at least two less can take them.

    Only one worker, the richest, gives at a time: if two did, both would be poor afterwards.
    """
    richest = min(counts, key=lambda owner: (-counts[owner], owner), default=None)
    if richest != me or counts[me] - min(counts.values()) < 2:
        return 0
    fair = -(-sum(counts.values()) // len(counts))
    return max(1, (counts[me] - fair) // STEP)
