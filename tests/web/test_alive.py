"""What the health check of the web process asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tgforward.settings import Settings
from tgforward.web.alive import complaint_about_web

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there


@contextmanager
def answering(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server that answers everything so; its port, and the hosts that it was asked for."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(f"{self.headers['Host']}{self.path}")
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, hosts
        finally:
            server.shutdown()
            thread.join()


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]  # pydantic-settings: nobody's .env


def test_it_is_asked_by_the_name_that_it_believes_in() -> None:
    """Where it listens to all addresses it is asked at this machine's own, as if by the address that people type."""
    with answering(200) as (port, hosts):
        settings = _settings(web_host=EVERYWHERE, web_port=port, web_url="https://console.example")
        assert complaint_about_web(settings) is None
    assert hosts == ["console.example/healthz"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_wrong_answer_is_a_complaint(status: int) -> None:
    """It says which, and where to look."""
    with answering(status) as (port, _):
        assert f"answers {status}: look at its log" in str(complaint_about_web(_settings(web_port=port)))


def test_no_answer_is_a_complaint() -> None:
    """Nobody listens there any more."""
    with answering(200) as (port, _):
        pass
    assert "No web console answers on 127.0.0.1" in str(complaint_about_web(_settings(web_port=port)))
