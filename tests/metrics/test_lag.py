"""How far configs are behind."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from tests.metrics.scrape import Scrape
from tgforward.metrics.lag import LagMetrics
from tgforward.types import AccountId, ConfigId

INTERVAL = timedelta(seconds=20)


class Watch:
    """Time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def made(*, per_config: bool = False) -> tuple[LagMetrics, CollectorRegistry, Watch]:
    registry, watch = CollectorRegistry(), Watch()
    lag = LagMetrics(registry, watch, per_config=per_config)
    lag.note((AccountId(1), ConfigId(1), 0), 5, INTERVAL)
    lag.note((AccountId(1), ConfigId(1), 1), 0, INTERVAL)
    lag.note((AccountId(2), ConfigId(2), 0), 40, INTERVAL)
    return lag, registry, watch


def shown(registry: CollectorRegistry) -> Scrape:
    return Scrape(generate_latest(registry).decode())


def totals(registry: CollectorRegistry) -> tuple[float, ...]:
    names = ("lag_messages", "lag_messages_max", "configs_behind", "configs_watched")
    return tuple(shown(registry).value(f"tgforward_{name}") for name in names)


def test_configs_are_added_up() -> None:
    """Without the setting there is no series for a single config, however many there are."""
    _, registry, _ = made()
    assert totals(registry) == (45, 40, 2, 3)
    assert "tgforward_config_lag_messages" not in shown(registry).families


def test_each_config_has_a_series_when_asked_for() -> None:
    """A series for each dest of each config."""
    _, registry, _ = made(per_config=True)
    assert shown(registry).value("tgforward_config_lag_messages", config_id="2") == 40
    assert len(list(shown(registry).samples("tgforward_config_lag_messages"))) == 3


def test_what_another_process_owns_is_forgotten() -> None:
    """An account that was given back is counted by its new owner alone."""
    lag, registry, _ = made()
    lag.forget(AccountId(2))
    assert totals(registry) == (5, 5, 1, 2)


def test_what_is_no_longer_looked_at_is_forgotten() -> None:
    """A removed or parked config stops being counted a while after its last run."""
    lag, registry, watch = made()
    watch.now = 119
    lag.note((AccountId(1), ConfigId(1), 0), 6, INTERVAL)
    watch.now = 121
    assert totals(registry) == (6, 6, 1, 1)
