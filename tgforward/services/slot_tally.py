"""Slots that brought no run: counted in memory, added to the database in batches."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from tgforward.db.slot_counts import SlotCount, add_slot_counts
from tgforward.db.transaction import in_transaction
from tgforward.services.database import Stored
from tgforward.types import ConfigId

MOST = 3000  # configs of one flush: where every config is busy, the counts wait rather than the workers


class SlotTally:
    """The counts of one scheduler, by config."""

    def __init__(self) -> None:
        self._coalesced: Counter[ConfigId] = Counter()
        self._missed: Counter[ConfigId] = Counter()

    def coalesced(self, configs: Iterable[ConfigId]) -> None:
        """Count a slot of each config that found the previous run still going."""
        self._coalesced.update(configs)

    def missed(self, counts: Mapping[ConfigId, int]) -> None:
        """Count slots that were missed."""
        self._missed.update(counts)

    async def flush(self, deps: Stored) -> None:
        """Add some of what was counted to the database; the rest comes with the next call.

        Raises:
            DatabaseError: nothing is lost, it is tried again with the next call.
        """
        configs = list(islice(self._coalesced.keys() | self._missed.keys(), MOST))
        if not configs:
            return
        counts = [SlotCount(config, self._coalesced[config], self._missed[config]) for config in sorted(configs)]
        await in_transaction(deps.session_factory, lambda session: add_slot_counts(session, counts))
        for count in counts:
            _subtract(self._coalesced, count.config_id, count.coalesced)
            _subtract(self._missed, count.config_id, count.missed)


def _subtract(counter: Counter[ConfigId], config_id: ConfigId, count: int) -> None:
    counter[config_id] -= count
    if not counter[config_id]:
        del counter[config_id]
