"""Every PromQL expression of `deploy/`, and what it asks for."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from tests.compose import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus/rules/tgforward.yml"
DASHBOARD = DEPLOY / "grafana/dashboards/tgforward.json"
SCALER = DEPLOY / "keda/worker.yaml"
VARIABLES = {"$__rate_interval": "5m", "$job": "tgforward"}


class Selector(NamedTuple):
    """A metric with the matchers behind it."""

    metric: str
    matchers: dict[str, str]
    """Label and value of each, the operator left out."""


def load_rules() -> list[dict[str, Any]]:
    """The alert rules."""
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def load_panels() -> list[dict[str, Any]]:
    """The panels of the dashboard, rows left out."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def load_scaler() -> dict[str, Any]:
    """KEDA's object."""
    loaded: dict[str, Any] = yaml.safe_load(SCALER.read_text())
    return loaded


def expressions() -> dict[str, str]:
    """All of them by where they stand, with Grafana's variables filled in."""
    found = {f"alert {rule['alert']}": rule["expr"] for rule in load_rules()}
    for panel in load_panels():
        found |= {f"panel {panel['title']} {target['refId']}": target["expr"] for target in panel["targets"]}
    found["keda"] = load_scaler()["spec"]["triggers"][0]["metadata"]["query"]
    return {name: _filled(text) for name, text in found.items()}


def selectors(expression: str) -> Iterator[Selector]:
    """What an expression selects; functions and labels of `by` are followed by another sign, or by none."""
    for metric, braces in re.findall(r"\b((?:tgforward|process)_\w+|up)\b(?:\{([^}]*)\})?", expression):
        yield Selector(metric, dict(re.findall(r'(\w+)\s*[=!]~?\s*"([^"]*)"', braces)))


def _filled(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression
