"""Lanes: how many this process owns, and how they come and go."""

from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge

Change = Literal["claimed", "released", "given_up", "lost", "expired", "failed"]


class LaneMetrics:
    """Of one worker process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._owned = Gauge("tgforward_lanes_owned", "Accounts that this process owns", registry=registry)
        self._changes = Counter(
            "tgforward_lane_changes", "Lanes that this process took, gave back or lost", ["change"], registry=registry
        )
        self._not_renewed = Counter(
            "tgforward_lease_renewals_failed",
            "Attempts to renew leases that the database did not answer",
            registry=registry,
        )
        self._hints = Counter(
            "tgforward_live_hints", "Live updates that ran instant configs at once", registry=registry
        )
        for change in get_args(Change):
            self._changes.labels(change)

    def changed(self, change: Change, owned: int) -> None:
        """A lane came, goes, or went; `owned` are held now."""
        self._changes.labels(change).inc()
        self._owned.set(owned)

    def hinted(self) -> None:
        """A live update concerned an instant config."""
        self._hints.inc()

    def not_renewed(self) -> None:
        """The database did not answer in time."""
        self._not_renewed.inc()
