"""Where Prometheus reads the metrics of one process: a thread of its own, which answers beside a stuck loop."""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import disable_created_metrics, start_http_server

from tgforward.errors import InvalidSettings
from tgforward.metrics.process import Metrics
from tgforward.settings import Settings

PORTS = 100  # from the configured one on, since several processes share a machine
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound

log = structlog.get_logger()


@contextmanager
def metrics_endpoint(settings: Settings, metrics: Metrics, process: str) -> Iterator[str | None]:
    """Serve while inside; the address, or None where no port is configured.

    The port is the first free one from the configured one on. A file for each process in the data directory names it,
    in the form of Prometheus's `file_sd_configs`.

    Raises:
        InvalidSettings: the host is not this machine's, or no port is free.
    """
    if settings.metrics_port is None:
        yield None
        return
    server, thread = _serve(settings.metrics_host, settings.metrics_port, metrics)
    host = "127.0.0.1" if settings.metrics_host in WILDCARDS else settings.metrics_host
    address = f"[{host}]:{server.server_port}" if ":" in host else f"{host}:{server.server_port}"
    target = settings.data_dir / "metrics" / f"{server.server_port}.json"
    is_written = _write_target(target, address, process)
    log.info("metrics_served", address=address)
    try:
        yield address
    finally:
        if is_written:
            target.unlink(missing_ok=True)
        server.shutdown()
        server.server_close()
        thread.join()


def _serve(host: str, first: int, metrics: Metrics) -> tuple[WSGIServer, Thread]:
    disable_created_metrics()  # type: ignore[no-untyped-call]  # or each counter has a second series that says when it began
    for port in range(first, min(first + PORTS, 65536)) if first else (0,):
        try:
            return start_http_server(port, host, metrics.registry)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise InvalidSettings(
                    f"TGFORWARD_METRICS_HOST is wrong (nobody can listen on {host}: {error.strerror}): "
                    "set it to an address of this machine, for example TGFORWARD_METRICS_HOST=127.0.0.1"
                ) from error
    raise InvalidSettings(
        f"TGFORWARD_METRICS_PORT is wrong (none of the {PORTS} ports from {first} on is free): set another one"
    )


def _write_target(target: Path, address: str, process: str) -> bool:
    """At once or not at all, since Prometheus may be reading; metrics work without it. Whether it is there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps([{"targets": [address], "labels": {"process": process}}]))
        draft.replace(target)
    except OSError as error:
        log.warning("metrics_target_not_written", path=str(target), error=error.strerror)
        return False
    return True
