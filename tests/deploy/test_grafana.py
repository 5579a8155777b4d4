"""The dashboard and how Grafana is given it."""

import json
from itertools import combinations
from typing import Any

import yaml

from tests.compose import service
from tests.deploy.queries import DASHBOARD, DEPLOY, load_panels

PROVISIONING = DEPLOY / "grafana/provisioning"


def test_panels_stand_side_by_side() -> None:
    """None covers another or reaches over the edge, and each has a number of its own."""
    panels = json.loads(DASHBOARD.read_text())["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert not [(one["title"], other["title"]) for one, other in combinations(panels, 2) if _overlap(one, other)]


def test_panels_have_a_title_a_unit_and_the_chosen_source() -> None:
    """Every panel can be read, and asks the data source and the job that are chosen at the top."""
    dashboard = json.loads(DASHBOARD.read_text())
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource", "job"]
    for panel in load_panels():
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert 'job="$job"' in target["expr"]


def test_grafana_finds_the_dashboard_and_the_source() -> None:
    """The folders that compose mounts are those that the provisioning names, and Prometheus is asked by its service."""
    mounts = dict(volume.split(":")[:2] for volume in service("grafana")["volumes"])
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards/tgforward.yml").read_text())["providers"]
    (source,) = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())["datasources"]
    home = service("grafana")["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]

    assert mounts["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert mounts["./deploy/grafana/dashboards"] == provider["options"]["path"]
    assert home == f"{provider['options']['path']}/{DASHBOARD.name}"
    assert source["url"] == "http://prometheus:9090"
    assert service("prometheus")["ports"][0].endswith(":9090")


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    a, b = one["gridPos"], other["gridPos"]
    beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
    below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
    return not (beside or below)
