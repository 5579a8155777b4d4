"""What log lines look like."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tgforward.logs import configure_logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "arq", "arq.worker", "arq.connections", "telethon")]
    levels, handlers = [logger.level for logger in loggers], list(logging.getLogger().handlers)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_line_has_event_and_fields() -> None:
    """One event is one JSON object with its fields, its level, its logger and an aware time."""
    stream = io.StringIO()
    configure_logging("info", "json", stream=stream)
    with structlog.contextvars.bound_contextvars(job_id="forward:1"):
        structlog.get_logger("tgforward.here").info("run_finished", live=3)
    [line] = read(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "run_finished",
        "live": 3,
        "level": "info",
        "logger": "tgforward.here",
        "job_id": "forward:1",
    }


def test_libraries_are_routed() -> None:
    """A line of a library that uses the standard logging comes out in the same shape."""
    stream = io.StringIO()
    configure_logging("info", "json", stream=stream)
    logging.getLogger("some.library").info("Running upgrade %s", "head")
    [line] = read(stream)
    assert (line["event"], line["logger"], line["level"]) == ("Running upgrade head", "some.library", "info")


def test_noisy_libraries_are_quiet() -> None:
    """Telethon's warnings, which quote messages, and arq's line per job are dropped; their errors are not."""
    stream = io.StringIO()
    configure_logging("debug", "json", stream=stream)
    logging.getLogger("telethon.client.updates").warning("Message(text='secret')")
    logging.getLogger("arq.worker").info("job started")
    logging.getLogger("telethon.network").error("broken")
    logging.getLogger("arq.worker").warning("job expired")
    assert [line["event"] for line in read(stream)] == ["broken", "job expired"]


def test_level_is_a_threshold() -> None:
    """Lines below the level are dropped."""
    stream = io.StringIO()
    configure_logging("warning", "json", stream=stream)
    structlog.get_logger("tgforward.here").info("quiet")
    structlog.get_logger("tgforward.here").warning("loud")
    assert [line["event"] for line in read(stream)] == ["loud"]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_tracebacks_hide_variables(log_format: Any) -> None:
    """A traceback is logged without the values of local variables."""
    stream = io.StringIO()
    configure_logging("info", log_format, stream=stream)
    try:
        hidden = "a message's " + "text"
        _fail(hidden)
    except LookupError:
        structlog.get_logger("tgforward.here").exception("job_dead")
    assert "LookupError: by design" in stream.getvalue()
    assert "a message's text" not in stream.getvalue()


def test_second_call_replaces_the_first() -> None:
    """Configuring twice does not write lines twice."""
    first, second = io.StringIO(), io.StringIO()
    configure_logging("info", "json", stream=first)
    configure_logging("info", "console", stream=second)
    structlog.get_logger("tgforward.here").info("run_finished", live=3)
    assert first.getvalue() == ""
    assert second.getvalue().count("run_finished") == 1
    assert "\x1b" not in second.getvalue()


def _fail(text: str) -> None:
    raise LookupError("by design")
