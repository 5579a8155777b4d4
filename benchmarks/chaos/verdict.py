"""Sources against dests: what is lost, doubled, out of order or torn apart, counted in messages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.chaos.expectation import Expected, Key, Order

MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message of a dest."""

    key: Key
    text: str
    grouped_id: int | None
    id: int = 0
    reply_to: int | None = None


@dataclass(slots=True)
class Verdict:
    """The figures, and for each the first messages that are wrong."""

    expected: int = 0
    forwarded: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    cut_albums: int = 0
    unexpected: int = 0
    stale: int = 0
    """Copies that do not say what the source says in the end."""
    undeleted: int = 0
    broken_replies: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def is_perfect(self) -> bool:
        """Whether nothing is wrong."""
        arrived = not (self.lost or self.doubled or self.out_of_order or self.cut_albums or self.unexpected)
        return arrived and not (self.stale or self.undeleted or self.broken_replies)

    def note(self, what: str, wiring: str, keys: Iterable[Key]) -> None:
        """Keep an example for people."""
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(f"{what}: {wiring} {' '.join(keys)}")


def compare(orders: Sequence[Order], dests: Mapping[str, Sequence[Arrival]]) -> Verdict:
    """The verdict on everything that ever arrived.

    Two configs never carry one source into one dest, so a key tells which one sent.
    """
    verdict = Verdict(forwarded=sum(len(arrivals) for arrivals in dests.values()))
    known: dict[str, set[Key]] = {dest: set() for dest in dests}
    for order in orders:
        keys = {key for unit in order.units for key in unit.keys}
        arrived = {dest: [item for item in dests[dest] if item.key in keys] for dest in order.wiring.dests}
        for dest in order.wiring.dests:
            known[dest] |= keys
        _judge(order, arrived, verdict)
    for dest, arrivals in dests.items():
        strangers = [item.key for item in arrivals if item.key not in known[dest]]
        verdict.unexpected += len(strangers)
        if strangers:
            verdict.note("unexpected", dest, strangers)
    return verdict


def _judge(order: Order, arrived: Mapping[str, Sequence[Arrival]], verdict: Verdict) -> None:
    times = Counter(item.key for items in arrived.values() for item in items)
    groups = {item.key: item.grouped_id for items in reversed(list(arrived.values())) for item in reversed(items)}
    for unit in order.units:
        verdict.expected += 0 if unit.is_deleted else len(unit.keys)
        _judge_unit(unit, times, groups, order.wiring.name, verdict)
    for dest, items in arrived.items():
        late = _late(order.units, items)
        verdict.out_of_order += len(late)
        if late:
            verdict.note("out of order", f"{order.wiring.name} in {dest}", late)
        _judge_texts(order, items, verdict)


def _judge_unit(
    unit: Expected, times: Mapping[Key, int], groups: Mapping[Key, int | None], name: str, verdict: Verdict
) -> None:
    lost = [key for key in unit.keys if not times[key] and not unit.is_deleted]
    doubled = [key for key in unit.keys if times[key] > 1]
    verdict.lost += len(lost)
    verdict.doubled += sum(times[key] - 1 for key in doubled)
    for what, keys in (("lost", lost), ("doubled", doubled)):
        if keys:
            verdict.note(what, name, keys)
    numbers = [groups.get(key) for key in unit.keys]
    has_arrived = any(times[key] for key in unit.keys)
    if len(unit.keys) > 1 and has_arrived and (None in numbers or len(set(numbers)) > 1):
        verdict.cut_albums += 1
        verdict.note("cut album", name, unit.keys)


def _late(units: Sequence[Expected], items: Sequence[Arrival]) -> list[Key]:
    """Messages that first arrived after one that stands behind them in the source."""
    places = {key: place for place, key in enumerate(key for unit in units for key in unit.keys)}
    highest, late = -1, []
    for key in dict.fromkeys(item.key for item in items):
        if places[key] < highest:
            late.append(key)
        highest = max(highest, places[key])
    return late


def _judge_texts(order: Order, items: Sequence[Arrival], verdict: Verdict) -> None:
    right = {key: texts for unit in order.units for key, texts in zip(unit.keys, unit.texts, strict=True)}
    wrong = [item.key for item in items if item.text not in right[item.key]]
    verdict.unexpected += len(wrong)
    if wrong:
        verdict.note("wrong text", order.wiring.name, wrong)
