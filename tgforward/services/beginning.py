"""The first run of a config, or of a dest that it gets later: where history ends and live begins."""

from tgforward.db.dests import start_dest
from tgforward.db.progress import fix_window as store_window
from tgforward.db.progress import set_change_pts
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import CursorMoved
from tgforward.services.lane import Lane
from tgforward.services.loading import load_active
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.reading import fetch_nth_newest


async def begun(lane: Lane, config: ConfigSnapshot) -> ConfigSnapshot:
    """The branch with its history window and cursors, which are chosen once."""
    if config.window is None:
        return await _fix_window(lane, config)
    return config if config.is_begun else await _start_dest(lane, config)


async def _fix_window(lane: Lane, config: ConfigSnapshot) -> ConfigSnapshot:
    """Changes are followed from before the window was looked at: what changes while history is sent is found later."""
    state = await lane.state_of(config)
    lane.reads.enter(("window", config.id))
    window = await fetch_nth_newest(await lane.connection(), config.source, config.forward_history_count)

    async def store(session: Session) -> None:
        await store_window(session, config.id, floor=window.floor, top=window.top, total=window.total)
        if state.pts is not None:
            await set_change_pts(session, config.id, 0, expected=None, new=state.pts)

    await in_transaction(lane.deps.session_factory, store)
    return await _reloaded(lane, config)


async def _start_dest(lane: Lane, config: ConfigSnapshot) -> ConfigSnapshot:
    """A dest that was there from the beginning has the config's history; a later one begins with what is new."""
    assert config.window is not None
    main = lane.branches[config.id][0]
    is_late = main.history_cursor > config.window.floor or main.live_cursor > config.window.top
    history = config.window.top if is_late else config.window.floor
    live = main.live_cursor if is_late else config.window.top

    async def store(session: Session) -> None:
        await start_dest(session, config.id, config.dest_number, history_cursor=history, live_cursor=live)
        if main.changes is not None:
            await set_change_pts(session, config.id, config.dest_number, expected=None, new=main.changes.pts)

    await in_transaction(lane.deps.session_factory, store)
    return await _reloaded(lane, config)


async def _reloaded(lane: Lane, config: ConfigSnapshot) -> ConfigSnapshot:
    branches = {branch.dest_number: branch for branch in await load_active(lane, config.id)}
    if config.dest_number not in branches:
        raise CursorMoved(f"config {config.id}: it was changed while its first run began")
    lane.branches[config.id] = branches
    return branches[config.dest_number]
