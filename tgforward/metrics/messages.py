"""Messages: what was sent, skipped and given up, and what is still to do."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter


class MessageMetrics:
    """Counted when they are settled, so that a repeated run counts nothing twice."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._sent = Counter(
            "tgforward_messages_sent", "Source messages that arrived, each dest counted", ["kind"], registry=registry
        )
        self._skipped = Counter(
            "tgforward_messages_skipped", "Source messages left out by the rules", ["reason"], registry=registry
        )
        self._failed = Counter(
            "tgforward_messages_failed", "Source messages that Telegram refused for good", ["reason"], registry=registry
        )
        self._recovered = Counter(
            "tgforward_deliveries_recovered",
            "Deliveries that a run had begun and left uncertain, and that were settled later",
            registry=registry,
        )
        self._dead = Counter(
            "tgforward_deliveries_given_up", "Uncertain deliveries that cannot be settled any more", registry=registry
        )
        for kind in ("history", "live"):
            self._sent.labels(kind)

    def settled(self, kind: str, sent: int, skipped: Mapping[str, int], failed: Mapping[str, int]) -> None:
        """One run was written down; `kind` is history or live."""
        self._sent.labels(kind).inc(sent)
        for reason, count in skipped.items():
            self._skipped.labels(reason).inc(count)
        for reason, count in failed.items():
            self._failed.labels(reason).inc(count)

    def recovered(self, deliveries: int) -> None:
        """What was uncertain is settled."""
        self._recovered.inc(deliveries)

    def given_up(self, deliveries: int) -> None:
        """What is uncertain stays so."""
        self._dead.inc(deliveries)
