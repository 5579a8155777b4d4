"""What things cost, each with the command that measured it; two cores, 2026-11-26."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one thing each; microseconds of one core where nothing else is said."""

    slot_scheduler_us: float = 7.0
    """benchmarks.schedule: 0.053 core at 5,000 slots/s, 0.018 with next to none."""
    slot_redis_us: float = 7.0
    """benchmarks.enqueue: `again` 6.5, `first` 7.3."""
    job_redis_us: float = 20.0
    """A claim and a finish: benchmarks.simulate.job_cost."""
    job_worker_us: float = 200.0
    """Of a worker, for a job that does nothing: benchmarks.simulate.job_cost. A real idle tick costs more."""
    scheduler_mb: float = 90.0
    """benchmarks.schedule with 100 configs."""
    config_kb: float = 0.37
    """Of the scheduler's memory: the same with 100,000 configs."""
    settled_per_s: float = 500.0
    """Runs that bring something, of one worker process and one MariaDB: assumed, see docs/scale.md."""
    read_per_s: float = 5.0
    """The read budget of an account, as it is set by default."""
    probed: int = 100
    """Sources of one request, as benchmarks.idle counts them."""
