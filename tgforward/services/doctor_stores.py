"""Are the stores fit? The database with its schema and clock, Redis with its memory and clock."""

from collections.abc import Iterator
from datetime import timedelta

from tgforward.clock import Clock
from tgforward.db.engine import Engine, create_engine
from tgforward.db.facts import DatabaseFacts
from tgforward.db.facts import load_facts as load_database_facts
from tgforward.db.revision import check_revision, head_revision
from tgforward.errors import DatabaseRevisionWrong, DatabaseUnreachable, RedisUnreachable
from tgforward.queue.connect import connect
from tgforward.queue.facts import RedisFacts
from tgforward.queue.facts import load_facts as load_redis_facts
from tgforward.services.findings import Finding, compare_clocks, failed, ok, warning
from tgforward.services.redis_url import redis_url
from tgforward.settings import Settings

KEEPS_EVERYTHING = "noeviction"


async def look_at_database(settings: Settings, clock: Clock) -> list[Finding]:
    """Reachable, at this version's revision, in UTC, with a clock that agrees with this host's."""
    engine = create_engine(settings.database_url)
    try:
        facts = await load_database_facts(engine)
        return [*_database(facts, settings, clock), await _revision(engine)]
    except DatabaseUnreachable as error:
        return [failed("database", str(error))]
    finally:
        await engine.dispose()


async def look_at_redis(settings: Settings, clock: Clock) -> list[Finding]:
    """Reachable and new enough, forgetting nothing by itself, with a clock that agrees with this host's."""
    try:
        with redis_url(settings) as url:
            redis = await connect(url)
            try:
                return list(_redis(await load_redis_facts(redis), clock))
            finally:
                await redis.aclose()
    except RedisUnreachable as error:
        return [failed("redis", str(error))]


async def _revision(engine: Engine) -> Finding:
    try:
        await check_revision(engine)
    except DatabaseRevisionWrong as error:
        return failed("database revision", str(error))
    return ok("database revision", f"{head_revision()}, the one that this version needs")


def _database(facts: DatabaseFacts, settings: Settings, clock: Clock) -> Iterator[Finding]:
    yield ok("database", facts.product)
    if facts.is_utc:
        yield ok("database time zone", "connections run in UTC")
    else:
        yield failed("database time zone", "connections do not run in UTC: let SET SESSION time_zone reach the server")
    yield compare_clocks("database clock", facts.now, clock)
    recycle = timedelta(seconds=settings.db_pool_recycle_s)
    if facts.closes_after is not None and facts.closes_after <= recycle:
        idle_s = int(facts.closes_after.total_seconds())
        advice = f"set TGFORWARD_DB_POOL_RECYCLE_S below {idle_s}"
        yield warning("database wait_timeout", f"the server closes connections that were idle for {idle_s} s: {advice}")


def _redis(facts: RedisFacts, clock: Clock) -> Iterator[Finding]:
    yield ok("redis", f"version {facts.version or 'unknown: INFO is not allowed'}")
    yield _persistence(facts.is_persistent)
    yield _eviction(facts.eviction_policy)
    yield compare_clocks("redis clock", facts.now, clock)


def _persistence(is_persistent: bool | None) -> Finding:
    if is_persistent is None:
        return warning("redis persistence", "unknown: let the user of REDIS_URL call INFO")
    if is_persistent:
        return ok("redis persistence", "the append-only file is on")
    return warning(
        "redis persistence", "a restart forgets waiting jobs until their configs' next slots: CONFIG SET appendonly yes"
    )


def _eviction(policy: str | None) -> Finding:
    if policy is None:
        return warning("redis eviction", "unknown: let the user of REDIS_URL call INFO")
    if policy == KEEPS_EVERYTHING:
        return ok("redis eviction", f"{policy}: nothing is dropped when memory is full")
    advice = f"CONFIG SET maxmemory-policy {KEEPS_EVERYTHING}"
    return failed("redis eviction", f"{policy} drops jobs when memory is full: {advice}")
