"""The console as its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.web.telegram import environment_of
from tgforward.settings import Settings


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """`tgforward web` on these stores; its address. It has to end by itself, without a fault."""
    assert settings.redis_url is not None
    assert settings.secret_key is not None
    environment = {
        **os.environ,
        **({} if settings.telegram_server is None else environment_of(settings)),
        "DB_URL": settings.database_url,
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "TGFORWARD_DATA_DIR": str(settings.data_dir),
        "TGFORWARD_SECRET_KEY": settings.secret_key.get_secret_value(),
        "TGFORWARD_WEB_PORT": "0",
        "TGFORWARD_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-m", "tgforward", "web"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield _address(process)
    finally:
        process.terminate()
        _, log = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in log) == (0, False), log


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if '"web_started"' in line:
            return str(json.loads(line)["url"])
    raise AssertionError("tgforward web did not start")
