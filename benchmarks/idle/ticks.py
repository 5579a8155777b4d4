"""How many jobs of configs have ended, as the worker itself counts them for Prometheus."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from tgforward.queue.names import FUNCTION

ANSWER_S = 10


async def count_ticks(directory: Path) -> Counter[str]:
    """Of all processes that keep their files here, by outcome."""
    return await asyncio.to_thread(_count, directory)


def _count(directory: Path) -> Counter[str]:
    ticks: Counter[str] = Counter()
    for target in sorted((directory / "metrics").glob("*.json")):
        address = json.loads(target.read_text())[0]["targets"][0]
        with urlopen(f"http://{address}/metrics", timeout=ANSWER_S) as answer:
            text = answer.read().decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "tgforward_jobs_total" and sample.labels["function"] == FUNCTION:
                    ticks[sample.labels["outcome"]] += int(sample.value)
    return ticks
