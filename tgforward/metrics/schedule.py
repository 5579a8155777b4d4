"""The schedule: what became of due slots."""

from prometheus_client import CollectorRegistry, Counter, Gauge

RESULTS = ("enqueued", "taken", "busy", "missed")


class ScheduleMetrics:
    """Of one scheduler process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._slots = Counter(
            "tgforward_slots",
            "Due slots: enqueued, taken by another scheduler, busy (the last run still waits or runs), "
            "missed (they passed while no scheduler, or no Redis, was there)",
            ["result"],
            registry=registry,
        )
        self._configs = Gauge("tgforward_scheduled_configs", "Configs in this scheduler's schedule", registry=registry)
        self._stale = Counter(
            "tgforward_schedule_refreshes_failed", "Refreshes that the database did not answer", registry=registry
        )
        for result in RESULTS:
            self._slots.labels(result)

    def slots(self, **counts: int) -> None:
        """What became of a batch, by result."""
        for result, count in counts.items():
            self._slots.labels(result).inc(count)

    def refreshed(self, configs: int) -> None:
        """The schedule holds so many configs."""
        self._configs.set(configs)

    def not_refreshed(self) -> None:
        """The database is away; the known schedule goes on."""
        self._stale.inc()
