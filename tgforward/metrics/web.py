"""The console and the API: what was asked for, how it was answered, and how fast."""

from prometheus_client import CollectorRegistry, Counter, Histogram

ANSWER_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5)  # a page is to take 0.2 s at most


class WebMetrics:
    """Of one web process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._requests = Counter(
            "tgforward_web_requests",
            "Requests to the console and the API, by the function that answers",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "tgforward_web_request_seconds",
            "From a request until its answer begins",
            ["route"],
            buckets=ANSWER_S,
            registry=registry,
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """An answer begins."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
