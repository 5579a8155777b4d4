"""The endpoint of one process."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.metrics.scrape import scrape
from tgforward.errors import InvalidSettings
from tgforward.metrics.endpoint import metrics_endpoint
from tgforward.metrics.process import make_metrics
from tgforward.settings import Settings


def settings(directory: Path, **values: Any) -> Settings:
    return Settings.model_validate({"data_dir": directory, **values})


def test_nothing_listens_by_default(tmp_path: Path) -> None:
    """Without a port there is no endpoint and no file."""
    with metrics_endpoint(settings(tmp_path), make_metrics(), "worker") as address:
        assert address is None
    assert list(tmp_path.iterdir()) == []


def test_processes_on_one_machine_take_different_ports(tmp_path: Path) -> None:
    """Each takes the first free port from the configured one on, shows its own numbers, and ends without a trace."""
    with ExitStack() as stack:
        free = settings(tmp_path, metrics_port=0)
        first = stack.enter_context(metrics_endpoint(free, make_metrics(), "scheduler"))
        assert first is not None
        same = settings(tmp_path, metrics_port=int(first.rpartition(":")[2]))
        mine = make_metrics()
        mine.jobs.rescued(7)
        second = stack.enter_context(metrics_endpoint(same, mine, "worker"))
        assert second not in (None, first)
        assert scrape(first).value("tgforward_jobs_rescued_total") == 0
        assert scrape(second or "").value("tgforward_jobs_rescued_total") == 7
        assert found(tmp_path) == {first: "scheduler", second: "worker"}
    assert found(tmp_path) == {}


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    """The sentence names the variable and a right value."""
    wrong = settings(tmp_path, metrics_port=0, metrics_host="203.0.113.1")
    with (
        pytest.raises(InvalidSettings, match=r"TGFORWARD_METRICS_HOST is wrong .* TGFORWARD_METRICS_HOST=127"),
        metrics_endpoint(wrong, make_metrics(), "worker"),
    ):
        pass


def test_an_unwritable_data_directory_costs_the_file_only(tmp_path: Path) -> None:
    """In a container without a data directory the endpoint works all the same."""
    (tmp_path / "metrics").write_text("in the way")
    with metrics_endpoint(settings(tmp_path, metrics_port=0), make_metrics(), "worker") as address:
        assert scrape(address or "").families


def found(directory: Path) -> dict[str, str]:
    """What Prometheus's `file_sd_configs` finds: addresses and their processes."""
    groups = [group for path in (directory / "metrics").glob("*.json") for group in json.loads(path.read_text())]
    return {target: group["labels"]["process"] for group in groups for target in group["targets"]}
