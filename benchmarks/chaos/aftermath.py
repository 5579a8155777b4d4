"""What stands in the dests in the end: edits and deletions carried over, replies answering the right copies."""

from collections.abc import Mapping, Sequence

from benchmarks.chaos.expectation import Key, Order
from benchmarks.chaos.verdict import Arrival, Verdict

Unknown = Mapping[str, frozenset[Key]]
"""For each wiring the messages whose copies the ledger cannot name: a server only said that they had been sent."""


def compare_changes(
    orders: Sequence[Order], standing: Mapping[str, Sequence[Arrival]], unknown: Unknown, verdict: Verdict
) -> None:
    """Add to the verdict what is stale or should be gone."""
    for order in orders:
        now = {item.key: item.text for dest in order.wiring.dests for item in standing[dest]}
        exempt = unknown.get(order.wiring.name, frozenset())
        for unit in order.units:
            for key, texts in zip(unit.keys, unit.last, strict=True):
                if key not in now or key in exempt:
                    continue
                if unit.is_deleted and order.wiring.deletes:
                    verdict.undeleted += 1
                    verdict.note("undeleted", order.wiring.name, [key])
                elif not unit.is_deleted and now[key] not in texts:
                    verdict.stale += 1
                    verdict.note("stale", order.wiring.name, [key])


def compare_replies(
    orders: Sequence[Order], arrived: Mapping[str, Sequence[Arrival]], unknown: Unknown, verdict: Verdict
) -> None:
    """Add to the verdict what answers another message than the copy of the one that it answers in the source."""
    for order in orders:
        answers = {unit.keys[0]: unit.answers for unit in order.units}
        vague = unknown.get(order.wiring.name, frozenset()) | {
            key for unit in order.units if unit.is_deleted for key in unit.keys
        }
        for dest in order.wiring.dests:
            ids = {item.key: item.id for item in reversed(arrived[dest])}
            broken = [
                item.key
                for item in arrived[dest]
                if item.key in answers and not _is_right(item, answers[item.key], ids, vague)
            ]
            verdict.broken_replies += len(broken)
            if broken:
                verdict.note("broken reply", f"{order.wiring.name} in {dest}", broken)


def _is_right(item: Arrival, target: Key | None, ids: Mapping[Key, int], vague: frozenset[Key]) -> bool:
    if target is None or target not in ids:
        return item.reply_to is None
    return item.reply_to == ids[target] or (item.reply_to is None and target in vague)
