"""What runs write down together: how much of it is one transaction, and how long that takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Histogram

ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


class CommitMetrics:
    """Of one worker process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._rows = Histogram(
            "tgforward_group_commit_rows",
            "Rows of one or several runs that were written in one transaction",
            buckets=ROWS,
            registry=registry,
        )
        self._seconds = Histogram(
            "tgforward_group_commit_seconds", "How long such a transaction took", buckets=SECONDS, registry=registry
        )

    @contextmanager
    def measured(self, rows: int) -> Iterator[None]:
        """Around one transaction; one that fails is not counted."""
        began = time.monotonic()
        yield
        self._rows.observe(rows)
        self._seconds.observe(time.monotonic() - began)
