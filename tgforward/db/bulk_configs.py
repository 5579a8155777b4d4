"""Statements about many configs at once; the caller's transaction commits them."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Update, bindparam, delete, func, select, update

from tgforward.db.batches import batches
from tgforward.db.clock import utc_now
from tgforward.db.configs import CURSORS, WINDOW, ConfigValues
from tgforward.db.models import ForwardDest, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import ConfigId

Columns = Mapping[str, Any]
_TABLE = TGForwardConfig.metadata.tables[TGForwardConfig.__tablename__]
_ID = "config_number"
_DECIDED = [
    _TABLE.c[name]
    for name in ("id", "state", "source", "dest", "forward_history_count", *ConfigValues.__optional_keys__)
]


async def load_rows(session: Session) -> Sequence[Row[Any]]:
    """What people have decided about every config, by number: mere columns, which cost half of what objects do."""
    return (await session.execute(select(*_DECIDED).order_by(_TABLE.c.id))).all()


async def load_versions(session: Session) -> dict[ConfigId, int]:
    """The version of every config."""
    rows = await session.execute(select(_TABLE.c.id, _TABLE.c.version))
    return {config_id: version for config_id, version in rows}  # noqa: C416 - rows are not pairs to mypy


async def are_unchanged(session: Session, versions: Mapping[ConfigId, int], *, highest: ConfigId) -> bool:
    """Whether these configs still have these versions and no config came after `highest`; nobody else changes them
    until the transaction ends.
    """
    found: dict[ConfigId, int] = {}
    query = select(_TABLE.c.id, _TABLE.c.version).with_for_update()
    for some in batches(sorted(versions)):
        rows = await session.execute(query.where(_TABLE.c.id.in_(some)))
        found |= {config_id: version for config_id, version in rows}  # noqa: C416 - as above
    newest = (await session.execute(select(func.max(_TABLE.c.id)))).scalar_one()
    return found == versions and (newest or 0) <= highest


async def add_configs(session: Session, rows: Sequence[Columns]) -> list[ConfigId]:
    """Stores new configs; their numbers, in order."""
    numbers: list[ConfigId] = []
    for some in batches(rows):
        configs = [TGForwardConfig(**row) for row in some]
        session.add_all(configs)
        await session.flush()
        numbers += [config.id for config in configs]
        session.expunge_all()
    return numbers


async def edit_configs(session: Session, changes: Mapping[ConfigId, Columns]) -> None:
    """Gives each config its new columns and a higher version; those that get the same share a statement.

    Where the source is among them, the history window is fixed anew at the next run, for all dests.
    """
    moved = [config_id for config_id, columns in changes.items() if "source" in columns]
    await _unfix_windows(session, moved)
    alone: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for alike in _alike(changes):
        columns = changes[alike[0]]
        if len(alike) == 1:
            alone.setdefault(tuple(columns), []).append({_ID: alike[0], **{f"new_{n}": v for n, v in columns.items()}})
        for some in batches(alike) if len(alike) > 1 else ():
            await execute(session, _edited().where(TGForwardConfig.id.in_(some)).values(**columns))
    for names, rows in alone.items():
        new = {name: bindparam(f"new_{name}", type_=_TABLE.c[name].type) for name in names}
        statement = update(_TABLE).where(_TABLE.c.id == bindparam(_ID)).values(new | _mark())
        for few in batches(rows):
            await session.execute(statement, few)


async def remove_configs(session: Session, config_ids: Collection[ConfigId]) -> None:
    """Removes configs with their further dests, deliveries and runs."""
    for some in batches(config_ids):
        await execute(session, delete(TGForwardConfig).where(TGForwardConfig.id.in_(some)))


def _alike(changes: Mapping[ConfigId, Columns]) -> list[list[ConfigId]]:
    groups: dict[str, list[ConfigId]] = {}
    for config_id, columns in changes.items():
        groups.setdefault(json.dumps(columns, sort_keys=True), []).append(config_id)
    return list(groups.values())


def _mark() -> dict[str, Any]:
    return {"version": _TABLE.c.version + 1, "updated_at": utc_now()}


def _edited() -> Update:
    return update(TGForwardConfig).values(_mark())


async def _unfix_windows(session: Session, config_ids: Collection[ConfigId]) -> None:
    for some in batches(config_ids):
        await execute(session, update(ForwardDest).where(ForwardDest.config_id.in_(some)).values(CURSORS))
        await execute(session, update(TGForwardConfig).where(TGForwardConfig.id.in_(some)).values(CURSORS | WINDOW))
