"""What a MariaDB server of our own is asked, as it logs it itself."""

import re
from collections import Counter
from contextlib import AsyncExitStack
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tgforward.db.engine import create_engine

ASKED = ("Query", "Execute", "Connect")
SHAPES = (
    (r"'(?:[^'\\]|\\.|'')*'", "?"),
    (r"\b\d[\d.]*\b", "?"),
    (r"\?(?:,\s*\?)+", "?"),
    (r"\(\?\)(?:,\s*\(\?\))+", "(?)"),
    (r"\s+", " "),
)


class StatementLog:
    """Use it as `async with StatementLog(url) as log`; `begin` and `end` enclose what is counted."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self._engine.dispose)
        self._connection = await self._stack.enter_async_context(self._engine.connect())
        await self._do("SET GLOBAL log_output = 'TABLE'")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def begin(self) -> None:
        """Log from now on."""
        await self._do("SET GLOBAL general_log = OFF")
        await self._do("TRUNCATE mysql.general_log")
        await self._do("SET GLOBAL general_log = ON")

    async def end(self) -> Counter[str]:
        """What others have asked since `begin`, without its values."""
        await self._do("SET GLOBAL general_log = OFF")
        rows = await self._connection.execute(
            text("SELECT command_type, argument FROM mysql.general_log WHERE thread_id != CONNECTION_ID()")
        )
        return Counter(shape_of(_plain(argument)) for command, argument in rows if command in ASKED)

    async def _do(self, statement: str) -> None:
        await self._connection.execute(text(statement))


def shape_of(statement: str) -> str:
    """A statement without its values: the same for all that differ in nothing else."""
    for pattern, instead in SHAPES:
        statement = re.sub(pattern, instead, statement)
    return statement.strip()


def _plain(argument: str | bytes) -> str:
    return argument.decode(errors="replace") if isinstance(argument, bytes) else argument
