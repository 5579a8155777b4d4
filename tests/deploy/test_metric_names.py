"""Dashboard, alerts and scaling ask for what the processes show."""

import re

import pytest
from prometheus_client.metrics import MetricWrapperBase

from tests.deploy.queries import expressions, selectors
from tgforward.metrics.process import Metrics, make_metrics

SCRAPED = {"job", "instance", "process"}
"""Labels that Prometheus adds."""


def _labels(metrics: Metrics) -> dict[str, set[str]]:
    """The labels of each series that a process shows, by its name."""
    found = {sample.name: set(sample.labels) for family in metrics.registry.collect() for sample in family.samples}
    for collector in metrics.registry._collector_to_names:
        if isinstance(collector, MetricWrapperBase):  # one with labels has no series before it counts something
            for name in metrics.registry._collector_to_names[collector]:
                found[name] = found.get(name, set()) | set(collector._labelnames)
    return {name: labels | ({"le"} if name.endswith("_bucket") else set()) for name, labels in found.items()}


LABELS = {**_labels(make_metrics()), "up": set()}


@pytest.mark.parametrize("name", expressions())
def test_what_is_asked_for_exists(name: str) -> None:
    """Each metric is one of ours or of `process_…`, and has the labels that are matched."""
    found = list(selectors(expressions()[name]))

    assert found
    for metric, matchers in found:
        assert metric in LABELS, metric
        assert matchers.keys() <= LABELS[metric] | SCRAPED, (metric, matchers)


@pytest.mark.parametrize("name", expressions())
def test_values_that_are_matched_exist(name: str) -> None:
    """Where a metric shows all values of a label from the beginning, those that are matched are among them."""
    shown = [sample for family in make_metrics().registry.collect() for sample in family.samples]
    for metric, matchers in selectors(expressions()[name]):
        for label, pattern in matchers.items():
            values = {sample.labels[label] for sample in shown if sample.name == metric and label in sample.labels}
            for part in pattern.split("|"):
                assert not values or any(re.fullmatch(part, value) for value in values), (metric, label, part)
