"""All metrics of a process."""

import re

from prometheus_client import Metric

from tests.compose import ROOT
from tests.deploy.queries import expressions, selectors
from tests.metrics.scrape import shown
from tgforward.metrics.process import make_metrics

UNITS = ("_seconds", "_total", "_messages", "_jobs", "_max", "_rows")
COUNTS = {"lanes_owned", "configs", "accounts", "accounts_resting", "configs_behind", "configs_watched"}
COUNTS |= {"accounts_stretched", "dead_deliveries", "live_workers", "scheduled_configs"}


def families() -> list[Metric]:
    metrics = make_metrics(per_config=True)
    return [family for family in metrics.registry.collect() if family.name.startswith("tgforward_")]


def test_names_follow_prometheus() -> None:
    """Every name begins with the program and ends in its unit, unless it counts things."""
    for family in families():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert name.endswith(UNITS) or name.removeprefix("tgforward_") in COUNTS, name
        assert family.documentation


def test_two_processes_share_nothing() -> None:
    """Metrics that are made twice, as in tests and in one program with several parts, are apart."""
    one, other = make_metrics(), make_metrics()
    one.jobs.rescued(3)
    assert (shown(one).value("tgforward_jobs_rescued_total"), shown(other).value("tgforward_jobs_rescued_total")) == (
        3,
        0,
    )


def test_every_metric_is_documented() -> None:
    """The guide names each metric, and none that does not exist."""
    text = (ROOT / "docs/how-to/watch-with-prometheus.md").read_text()
    names = {f"{family.name}_total" if family.type == "counter" else family.name for family in families()}
    assert set(re.findall(r"^\| `(tgforward_\w+)`", text, re.MULTILINE)) == names


def test_every_metric_is_on_the_dashboard() -> None:
    """Each has a panel in deploy/grafana, but for those of single configs, which are shown only when asked for."""
    asked = {
        selector.metric
        for name, expression in expressions().items()
        if name.startswith("panel")
        for selector in selectors(expression)
    }
    unseen = {family.name for family in families() if not any(metric.startswith(family.name) for metric in asked)}
    assert unseen == {"tgforward_config_lag_messages"} - asked
