"""What stands in Redis and in the database, as a scheduler counts it now and then.

Every scheduler counts the same: take the maximum over them, never the sum.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge


class StockMetrics:
    """Gauges that keep their last value while a store is away."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._due = Gauge("tgforward_queue_due_jobs", "Jobs that are due and wait for a worker", registry=registry)
        self._running = Gauge("tgforward_queue_running_jobs", "Jobs that a worker runs now", registry=registry)
        self._later = Gauge("tgforward_queue_later_jobs", "Jobs that are not due yet", registry=registry)
        self._oldest = Gauge(
            "tgforward_queue_oldest_due_age_seconds",
            "For how long the oldest waiting job has been due",
            registry=registry,
        )
        self._configs = Gauge("tgforward_configs", "Configs by state", ["state"], registry=registry)
        self._accounts = Gauge("tgforward_accounts", "Accounts by state", ["state"], registry=registry)
        self._resting = Gauge("tgforward_accounts_resting", "Accounts in a flood wait", registry=registry)
        self._dead = Gauge("tgforward_dead_deliveries", "Deliveries that wait for a person", registry=registry)
        self._workers = Gauge("tgforward_live_workers", "Worker processes that are alive", registry=registry)

    def queues(self, *, due: int, running: int, later: int, oldest_s: float) -> None:
        """What all queues hold."""
        self._due.set(due)
        self._running.set(running)
        self._later.set(later)
        self._oldest.set(oldest_s)

    def stored(
        self, *, configs: Mapping[str, int], accounts: Mapping[str, int], resting: int, dead: int, workers: int
    ) -> None:
        """What the database holds; every state is named, also where there is none."""
        for gauge, counts in ((self._configs, configs), (self._accounts, accounts)):
            for state, count in counts.items():
                gauge.labels(state).set(count)
        self._resting.set(resting)
        self._dead.set(dead)
        self._workers.set(workers)
