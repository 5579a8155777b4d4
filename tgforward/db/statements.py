"""How many rows a statement found."""

from typing import Any, cast

from sqlalchemy import CursorResult, UpdateBase

from tgforward.db.session import Session


async def execute(session: Session, statement: UpdateBase) -> int:
    """Runs an UPDATE or DELETE; the number of rows that matched. Objects already loaded stay as they are."""
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
