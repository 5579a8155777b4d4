"""How far configs are behind their sources: the source's newest message minus the cursor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tgforward.types import AccountId, ConfigId

UNKNOWN_AFTER_INTERVALS, UNKNOWN_AFTER_S = 3, 60.0  # then the config was removed, parked, or runs elsewhere

Branch = tuple[AccountId, ConfigId, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    messages: int
    until: float


class LagMetrics(Collector):
    """What this process saw when it last looked; one series for all configs, and, if wanted, one for each.

    Message ids have gaps, so that a lag is an upper bound of the messages that are waiting.
    """

    def __init__(
        self, registry: CollectorRegistry | None, monotonic: Callable[[], float], *, per_config: bool = False
    ) -> None:
        self._monotonic = monotonic
        self._per_config = per_config
        self._seen: dict[Branch, _Seen] = {}
        if registry is not None:
            registry.register(self)

    def note(self, branch: Branch, messages: int, interval: timedelta) -> None:
        """A branch (account, config, dest's number) was looked at and is so many messages behind."""
        keep_s = UNKNOWN_AFTER_S + UNKNOWN_AFTER_INTERVALS * interval.total_seconds()
        self._seen[branch] = _Seen(max(messages, 0), self._monotonic() + keep_s)

    def forget(self, account_id: AccountId) -> None:
        """The account is no longer this process's."""
        for branch in [branch for branch in self._seen if branch[0] == account_id]:
            del self._seen[branch]

    def known(self, account_id: AccountId | None = None) -> dict[Branch, int]:
        """How many messages each branch is behind, of one account or all; what was not looked at lately is left out."""
        now = self._monotonic()
        seen = {branch: seen.messages for branch, seen in self._seen.copy().items() if seen.until > now}
        return seen if account_id is None else {key: value for key, value in seen.items() if key[0] == account_id}

    def collect(self) -> Iterator[Metric]:
        """Called by the endpoint's thread."""
        known = self.known()
        yield GaugeMetricFamily(
            "tgforward_lag_messages",
            "Source's newest message minus cursor, all configs of this process",
            sum(known.values()),
        )
        yield GaugeMetricFamily(
            "tgforward_lag_messages_max",
            "The same for the config that is furthest behind",
            max(known.values(), default=0),
        )
        yield GaugeMetricFamily(
            "tgforward_configs_behind",
            "Configs (each dest counted) with messages to forward",
            sum(map(bool, known.values())),
        )
        yield GaugeMetricFamily(
            "tgforward_configs_watched", "Configs (each dest counted) that were looked at", len(known)
        )
        if self._per_config:
            yield _each(known)


def _each(known: dict[Branch, int]) -> Metric:
    family = GaugeMetricFamily(
        "tgforward_config_lag_messages", "Source's newest message minus cursor", labels=["config_id", "dest"]
    )
    for (_, config_id, number), messages in known.items():
        family.add_metric([str(config_id), str(number)], messages)
    return family
