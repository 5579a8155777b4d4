"""Alerts: what people were told, and what could not be told."""

from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter

Way = Literal["webhook", "chat"]


class AlertMetrics:
    """Of one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._tries = Counter(
            "tgforward_alerts",
            "Attempts to tell people of what was parked: told, or refused and tried again later",
            ["way", "result"],
            registry=registry,
        )
        for way in get_args(Way):
            for result in ("told", "refused"):
                self._tries.labels(way, result)

    def tried(self, way: Way, *, is_told: bool) -> None:
        """One attempt has ended."""
        self._tries.labels(way, "told" if is_told else "refused").inc()
