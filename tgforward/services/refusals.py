"""Changes that Telegram refuses to carry over: noted in the log, and no reason to stop a config."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tgforward.errors import AccountRevoked, ApiIdInvalid, PermanentError
from tgforward.services.snapshot import ConfigSnapshot

log = structlog.get_logger()


@contextmanager
def tolerated(config: ConfigSnapshot) -> Iterator[None]:
    """What is done inside may be refused for good: a copy is too old, gone, or not ours to change."""
    try:
        yield
    except (AccountRevoked, ApiIdInvalid):
        raise
    except PermanentError as error:
        log.warning("change_refused", config_id=config.id, dest_number=config.dest_number, code=error.code)
