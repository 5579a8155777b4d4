"""Requests to Telegram, what they cost, and the waits that Telegram orders."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram

from tgforward.errors import TelegramError

REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class RequestMetrics:
    """Of all connections of this process; without a registry nobody sees them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._requests = Counter(
            "tgforward_telegram_requests", "Requests by Telegram's name of the method", ["method"], registry=registry
        )
        self._seconds = Histogram(
            "tgforward_telegram_request_seconds", "Until the answer", buckets=REQUEST_S, registry=registry
        )
        self._errors = Counter(
            "tgforward_telegram_errors",
            "Requests that failed, by tgforward's word for it",
            ["error"],
            registry=registry,
        )
        self._wait_seconds = Counter(
            "tgforward_flood_wait_seconds", "Seconds of rest that Telegram ordered", ["scope"], registry=registry
        )
        self._waits = Counter("tgforward_flood_waits", "Orders to rest", ["scope"], registry=registry)
        for scope in ("account", "chat"):
            self._waits.labels(scope)
            self._wait_seconds.labels(scope)

    @contextmanager
    def measured(self, method: str, *, since: float | None = None) -> Iterator[None]:
        """Around one request, or around the wait for the answer to one that was sent at `since` (monotonic)."""
        self._requests.labels(method).inc()
        began = time.monotonic() if since is None else since
        try:
            yield
        except TelegramError as error:
            self._errors.labels(type(error).__name__).inc()
            raise
        finally:
            self._seconds.observe(time.monotonic() - began)

    def must_wait(self, scope: Literal["account", "chat"], wait: timedelta) -> None:
        """Telegram has ordered a rest: of an account (flood wait) or of a chat (slow mode)."""
        self._waits.labels(scope).inc()
        self._wait_seconds.labels(scope).inc(max(wait.total_seconds(), 0.0))
