"""How far configs have come: compare-and-set, so that of two processes only one moves a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import update

from tgforward.db.clock import utc_now
from tgforward.db.given import update_given
from tgforward.db.leases import Lease, load_held
from tgforward.db.models import TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import ConfigId, MessageId

Cursor = Literal["history", "live"]


@dataclass(frozen=True, slots=True)
class Move:
    """What a run did for one dest of a config."""

    config_id: ConfigId
    cursor: Cursor
    expected: MessageId
    """Where the cursor must stand."""
    new: MessageId
    lease: Lease
    """What the mover must still hold."""
    forwarded: int = 0
    skipped: int = 0
    """Counted for the config's own dest only, since every dest sees the same messages."""
    dest_number: int = 0
    """0: the config's own dest."""
    pts_before: int | None = None
    """The source's count of changes up to which this dest had followed them."""
    pts: int | None = None
    """The count up to which it has now; None: as before."""


_GIVEN = {
    "config": "INT",
    "branch": "INT",
    "expected": "BIGINT",
    "reached": "BIGINT",
    "sent": "INT",
    "left_out": "INT",
    "pts_before": "INT",
    "pts": "INT",
}
_OWN, _FURTHER = "forward_config", "forward_dest"
_IS_AT = {
    _OWN: "forward_config.id = given.config",
    _FURTHER: "forward_dest.config_id = given.config AND forward_dest.number = given.branch",
}
_ALSO = {_OWN: ", skipped = skipped + given.left_out, last_run_at = NOW", _FURTHER: ""}


async def advance(session: Session, moves: Sequence[Move]) -> int:
    """Moves cursors and counts; how many. One that is not at `expected`, or whose lease is lost, stays as it is."""
    held = await load_held(session, {move.lease for move in moves})
    allowed = sorted(
        (move for move in moves if move.lease in held), key=lambda move: (move.config_id, move.dest_number)
    )
    further = [move for move in allowed if move.dest_number]
    moved = await _advance(session, _OWN, [move for move in allowed if not move.dest_number])
    if further and (found := await _advance(session, _FURTHER, further)):
        ran = update(TGForwardConfig).where(TGForwardConfig.id.in_({move.config_id for move in further}))
        await execute(session, ran.values(last_run_at=utc_now()))
        moved += found
    return moved


async def _advance(session: Session, table: str, moves: Sequence[Move]) -> int:
    kinds: tuple[Cursor, ...] = ("history", "live")
    return sum([await _move(session, table, kind, [move for move in moves if move.cursor == kind]) for kind in kinds])


async def _move(session: Session, table: str, kind: Cursor, moves: Sequence[Move]) -> int:
    if not moves:
        return 0
    cursor, count = f"{kind}_cursor", f"{kind}_forwarded"
    is_known = f"({table}.change_pts = given.pts_before OR {table}.change_pts IS NULL AND given.pts_before IS NULL)"
    followed = f"CASE WHEN given.pts IS NOT NULL AND {is_known} THEN given.pts ELSE change_pts END"
    change = f"{cursor} = given.reached, {count} = {count} + given.sent, change_pts = {followed}{_ALSO[table]}"
    where = f"{_IS_AT[table]} AND {table}.{cursor} = given.expected"
    return await update_given(session, table, _GIVEN, [_row(move) for move in moves], change=change, where=where)


def _row(move: Move) -> tuple[int | None, ...]:
    place = (move.config_id, move.dest_number, move.expected, move.new)
    return (*place, move.forwarded, move.skipped, move.pts_before, move.pts)
