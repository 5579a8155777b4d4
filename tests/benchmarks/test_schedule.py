"""The seed decides everything that is chosen before the crash test begins."""

from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from benchmarks.chaos.options import Options
from benchmarks.chaos.posts import make_posts, marker_of
from benchmarks.chaos.scene import make_scene
from benchmarks.chaos.schedule import FREEZES, KILLS, STORES, Kind, draw

OPTIONS = Options(db="sqlite", messages=5000, kills=50, accounts=6, workers=3, schedulers=2, seed=1)


def test_a_seed_draws_the_same_schedule_again() -> None:
    """The same seed and numbers give the same events, another seed others."""
    assert draw(OPTIONS) == draw(OPTIONS)
    assert draw(OPTIONS) != draw(replace(OPTIONS, seed=2))


@pytest.mark.parametrize("seed", range(20))
def test_a_schedule_holds_everything_that_was_asked_for(seed: int) -> None:
    """Exactly so many kills, at least one of every other failure, in the time that there is."""
    events = [event for stream in draw(replace(OPTIONS, seed=seed)).values() for event in stream]
    kinds = [event.kind for event in events]
    assert sum(kind in KILLS for kind in kinds) == 50
    assert set(kinds) >= {*Kind} - {*KILLS}
    assert all(0 <= event.at_s <= OPTIONS.duration_s for event in events)


def test_a_small_schedule_still_has_every_store_and_a_freeze() -> None:
    """Even few kills come with an outage of each store and a process that is stopped while it sends."""
    kinds = {event.kind for stream in draw(replace(OPTIONS, kills=3)).values() for event in stream}
    assert {*STORES} <= kinds
    assert Kind.FREEZE_SENDING in kinds & {*FREEZES}


def test_posts_can_be_told_apart() -> None:
    """Every text has a marker of its own, and a post is the same for the same seed."""
    first, again = (list(islice(make_posts("s", Random(1)), 500)) for _ in range(2))  # noqa: S311 - to be repeated
    markers = [marker_of(text) for post in first for text in post.texts if text]
    assert first == again
    assert "" not in markers
    assert len({*markers}) == len(markers)


@pytest.mark.parametrize("accounts", [1, 2, 6])
def test_a_key_tells_which_config_sent_it(accounts: int) -> None:
    """No two configs carry one source into one dest, and some dests take two sources."""
    ways = [(wiring.source, dest) for wiring in make_scene(accounts).configs for dest in wiring.dests]
    assert len({*ways}) == len(ways)
    dests = [dest for _, dest in ways]
    assert (len({*dests}) < len(dests)) is (accounts > 1)
