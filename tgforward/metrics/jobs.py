"""Jobs: how late they begin, how long they take, how they end."""

from prometheus_client import CollectorRegistry, Counter, Histogram

LATENESS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
RUN_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300)


class JobMetrics:
    """Of all queues that this process works off; without a registry nobody sees them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._lateness = Histogram(
            "tgforward_job_lateness_seconds",
            "From the moment at which a job was due until it began; needs the clocks of workers and Redis to agree",
            ["function"],
            buckets=LATENESS_S,
            registry=registry,
        )
        self._run = Histogram(
            "tgforward_job_run_seconds", "How long jobs ran", ["function"], buckets=RUN_S, registry=registry
        )
        self._ended = Counter(
            "tgforward_jobs",
            "Jobs that have ended, by how: done, continue, snooze, parked, retried, dead, handed_back",
            ["function", "outcome"],
            registry=registry,
        )
        self._rescued = Counter(
            "tgforward_jobs_rescued", "Jobs that a dead owner had left in progress", registry=registry
        )

    def begun(self, function: str, late_s: float) -> None:
        """A job begins; one that is early by another host's clock is not late."""
        self._lateness.labels(function).observe(max(late_s, 0.0))

    def ended(self, function: str, outcome: str, run_s: float) -> None:
        """A job has ended."""
        self._run.labels(function).observe(run_s)
        self._ended.labels(function, outcome).inc()

    def rescued(self, jobs: int) -> None:
        """A new owner has freed the jobs of a dead one."""
        self._rescued.inc(jobs)
