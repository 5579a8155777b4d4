"""Where log lines go and what they look like: a constant event and fields, for people or as JSON.

Tracebacks never show the values of variables: those are messages and sessions.
"""

import logging
from typing import Literal, TextIO

import structlog
from structlog.typing import Processor

_HANDLER = "tgforward"
_QUIET = {
    "aiosqlite": logging.WARNING,  # below that it writes every statement with its values
    "alembic": logging.WARNING,  # below that every look at the revision writes two lines
    "arq": logging.WARNING,  # below that it writes two lines per job
    "httpcore": logging.WARNING,  # below that it writes addresses, which may be secrets
    "httpx": logging.WARNING,
    "uvicorn": logging.WARNING,  # what it says at start and end is said by us
    "telethon": logging.ERROR,  # its warnings print whole messages
}
_ARQ = ("arq.connections", "arq.worker")  # its command line resets the level of `arq`, and those of all below it


def configure_logging(
    level: Literal["debug", "info", "warning", "error"], log_format: Literal["console", "json"], *, stream: TextIO
) -> None:
    """Send our lines and those of every library to `stream`; calling it again replaces what was set up before."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format, stream)],
    )
    _replace_handler(formatter, stream)
    logging.getLogger().setLevel(level.upper())
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    for name in _ARQ:
        logging.getLogger(name).addFilter(_is_warning)  # adding it twice does nothing


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _renderers(log_format: str, stream: TextIO) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    plain = structlog.dev.plain_traceback  # the other one shows local variables
    return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]


def _replace_handler(formatter: logging.Formatter, stream: TextIO) -> None:
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if handler.get_name() == _HANDLER]:
        root.removeHandler(old)
    handler = logging.StreamHandler(stream)
    handler.set_name(_HANDLER)
    handler.setFormatter(formatter)
    root.addHandler(handler)
    logging.getLogger("arq").handlers.clear()  # its command line adds one, which would write lines twice
