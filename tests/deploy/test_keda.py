"""Scaling by what waits."""

from tests.deploy.queries import load_scaler, selectors


def test_workers_follow_the_jobs_that_are_due() -> None:
    """By the depth that every scheduler counts alike, never down to none."""
    spec = load_scaler()["spec"]
    (trigger,) = spec["triggers"]
    query = trigger["metadata"]["query"]

    assert [selector.metric for selector in selectors(query)] == ["tgforward_queue_due_jobs"]
    assert query.startswith("max(")
    assert trigger["type"] == "prometheus"
    assert float(trigger["metadata"]["threshold"]) > float(trigger["metadata"]["activationThreshold"])
    assert 1 <= spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
