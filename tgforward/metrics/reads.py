"""Read budgets: how much the intervals of the accounts of this process are stretched."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tgforward.types import AccountId

Wait = Callable[[], timedelta]


class ReadMetrics(Collector):
    """Asks the budgets themselves, whenever somebody looks."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._waits: dict[AccountId, Wait] = {}
        self._delayed = Counter(
            "tgforward_reads_delayed",
            "Requests for news or messages that had to wait, since their account had read as much as it may",
            registry=registry,
        )
        if registry is not None:
            registry.register(self)

    def watch(self, account_id: AccountId, wait: Wait) -> None:
        """The account is this process's; `wait` tells how long those wait whose turn comes last."""
        self._waits[account_id] = wait

    def forget(self, account_id: AccountId) -> None:
        """It is no longer."""
        self._waits.pop(account_id, None)

    def delayed(self) -> None:
        """A request has to wait for its turn."""
        self._delayed.inc()

    def stretched(self) -> dict[AccountId, timedelta]:
        """The accounts of which intervals are stretched now, and by how much."""
        waits = {account_id: wait() for account_id, wait in self._waits.copy().items()}
        return {account_id: wait for account_id, wait in waits.items() if wait}

    def collect(self) -> Iterator[Metric]:
        """Called by the endpoint's thread."""
        stretched = self.stretched()
        longest = max(stretched.values(), default=timedelta(0))
        yield GaugeMetricFamily(
            "tgforward_accounts_stretched",
            "Accounts of this process that have read as much as they may, so that their intervals stretch",
            len(stretched),
        )
        yield GaugeMetricFamily(
            "tgforward_stretch_seconds_max",
            "By how much the intervals are stretched of the account where it is most",
            longest.total_seconds(),
        )
