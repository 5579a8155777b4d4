"""The event loop: who is late there is late everywhere."""

from prometheus_client import CollectorRegistry, Histogram

LATE_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class LoopMetrics:
    """Of the one event loop of a process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._lag = Histogram(
            "tgforward_loop_lag_seconds", "How late the event loop woke up", buckets=LATE_S, registry=registry
        )

    def woke_up(self, late_s: float) -> None:
        """One wake-up of those that are watched."""
        self._lag.observe(max(late_s, 0.0))
