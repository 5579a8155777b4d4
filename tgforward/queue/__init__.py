"""arq and Redis: `connect` is the way in for programs and shells."""

from tgforward.queue.connect import connect

__all__ = ["connect"]
