"""Everything that one process measures, in a registry of its own."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from tgforward.clock import Clock, SystemClock
from tgforward.metrics.alerts import AlertMetrics
from tgforward.metrics.commits import CommitMetrics
from tgforward.metrics.jobs import JobMetrics
from tgforward.metrics.lag import LagMetrics
from tgforward.metrics.lanes import LaneMetrics
from tgforward.metrics.loop import LoopMetrics
from tgforward.metrics.messages import MessageMetrics
from tgforward.metrics.reads import ReadMetrics
from tgforward.metrics.requests import RequestMetrics
from tgforward.metrics.schedule import ScheduleMetrics
from tgforward.metrics.stock import StockMetrics
from tgforward.metrics.web import WebMetrics


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of a process by what they are about; the endpoint shows what its registry holds."""

    registry: CollectorRegistry
    jobs: JobMetrics
    messages: MessageMetrics
    lag: LagMetrics
    requests: RequestMetrics
    reads: ReadMetrics
    lanes: LaneMetrics
    schedule: ScheduleMetrics
    stock: StockMetrics
    loop: LoopMetrics
    alerts: AlertMetrics
    web: WebMetrics
    commits: CommitMetrics

    def text(self) -> str:
        """What Prometheus reads."""
        return generate_latest(self.registry).decode()


def make_metrics(clock: Clock | None = None, *, per_config: bool = False) -> Metrics:
    """Everything at zero; `per_config` adds a series for each config."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return Metrics(
        registry,
        JobMetrics(registry),
        MessageMetrics(registry),
        LagMetrics(registry, (clock or SystemClock()).monotonic, per_config=per_config),
        RequestMetrics(registry),
        ReadMetrics(registry),
        LaneMetrics(registry),
        ScheduleMetrics(registry),
        StockMetrics(registry),
        LoopMetrics(registry),
        AlertMetrics(registry),
        WebMetrics(registry),
        CommitMetrics(registry),
    )
