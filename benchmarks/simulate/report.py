"""The figures, and whether each is within its bound."""

from dataclasses import asdict
from typing import Any

from benchmarks.bounds import at_most
from benchmarks.simulate.arrivals import World, slots_by_bin
from benchmarks.simulate.costs import Costs
from benchmarks.simulate.server import simulate

BUSY, LATE_MS = 0.7, 250


def make_report(world: World, news_share: float, costs: Costs) -> dict[str, Any]:
    """What `--json` prints; `news_share` of the ticks find something new."""
    loads = [simulate(slots, costs) for slots in slots_by_bin(world)]
    slots_per_s = world.configs / world.interval_s
    sources = min(world.sources, world.configs / world.accounts)
    requests = sources / costs.probed / world.interval_s
    fetches = sources * news_share / world.interval_s
    report = {
        **asdict(world),
        "slots_per_s": round(slots_per_s),
        "scheduler_cores": round(slots_per_s * costs.slot_scheduler_us / 1e6, 3),
        "scheduler_mb": round(costs.scheduler_mb + world.configs * costs.config_kb / 1024),
        "redis_busy": round(max(load.utilisation for load in loads), 3),
        "redis_uneven": round(max(load.slots for load in loads) * world.instances / world.configs, 3),
        "redis_p50_ms": round(max(load.p50_ms for load in loads), 1),
        "redis_p99_ms": round(max(load.p99_ms for load in loads), 1),
        "runs_with_news_per_s": round(slots_per_s * news_share, 1),
        "worker_cores_at_least": round(slots_per_s * costs.job_worker_us / 1e6, 1),
        "workers_for_news": round(slots_per_s * news_share / costs.settled_per_s, 2),
        "reads_per_s_of_account": round(requests + fetches, 3),
        "read_budget_used": round((requests + fetches) / costs.read_per_s, 3),
    }
    bounds = {"redis_busy": BUSY, "redis_p99_ms": LATE_MS, "scheduler_cores": BUSY, "read_budget_used": 1.0}
    raw = {"costs": asdict(costs), "raw": [asdict(load) for load in loads]}
    return report | raw | {"bounds": [at_most(name, report[name], most) for name, most in bounds.items()]}
