"""One config and several dests: each has cursors of its own, and what stops one does not stop the others."""

from collections.abc import Sequence
from datetime import timedelta

from tgforward.errors import AccountRests, DuplicateInFlight, PeerGone, WriteForbidden
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Snooze
from tgforward.services.beginning import begun
from tgforward.services.lane import Lane
from tgforward.services.loading import Branches, dests_of
from tgforward.services.parking import park_dest
from tgforward.services.run import run_branch
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.services.strays import give_up_removed


async def run_branches(lane: Lane, branches: Branches) -> Outcome:
    """A piece of work for each dest; all have begun before the first of them goes on."""
    await lane.connection()  # brings along the waits that an earlier owner met
    main = branches[0]
    if main.may_have_strays:
        await give_up_removed(lane, main.id, dests_of(branches))
    ready = [await begun(lane, lane.latest(branch)) for branch in branches]
    outcomes = [await _run(lane, lane.latest(branch)) for branch in ready]
    return joined(outcomes, timedelta(seconds=main.interval_second))


def joined(outcomes: Sequence[Outcome], interval: timedelta) -> Outcome:
    """What becomes of the job: a dest that waits does not keep the others waiting for longer than the interval."""
    if any(isinstance(outcome, Continue) for outcome in outcomes):
        return Continue()
    snoozes = [outcome for outcome in outcomes if isinstance(outcome, Snooze)]
    if not snoozes:
        return Done()
    first = min(snoozes, key=lambda outcome: outcome.delay)
    return first if len(snoozes) == len(outcomes) or first.delay <= interval else Done()


async def _run(lane: Lane, config: ConfigSnapshot) -> Outcome:
    try:
        return await run_branch(lane, config)
    except (AccountRests, DuplicateInFlight) as error:
        return Snooze(error.retry_after, str(error))
    except (WriteForbidden, PeerGone) as error:
        if config.dest_number == 0:
            raise
        await park_dest(lane, config, error)  # the config's own dest came through, so it is not the source
        return Done()
