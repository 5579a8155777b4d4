"""Reading what an endpoint or a registry says, as Prometheus does."""

from collections.abc import Iterator
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tgforward.metrics.process import Metrics

Labels = dict[str, str]


class Scrape:
    """The samples of one moment."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}

    def value(self, name: str, **labels: str) -> float:
        """The sum over all series with that name and these labels; 0 where there are none."""
        return sum(sample.value for sample in self.samples(name, **labels))

    def samples(self, name: str, **labels: str) -> Iterator[Sample]:
        """The series with that name and these labels."""
        for family in self.families.values():
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    yield sample


def scrape(address: str) -> Scrape:
    """What the endpoint at `host:port` answers."""
    with urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return Scrape(answer.read().decode())


def shown(metrics: Metrics) -> Scrape:
    """What the endpoint of a process with these metrics would answer."""
    return Scrape(metrics.text())
