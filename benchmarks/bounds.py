"""What a benchmark promises: a figure and its bound. Every report carries a list of them as `bounds`."""

from collections.abc import Mapping
from typing import Any

Bound = Mapping[str, Any]
"""`{"name", "figure", "bound", "holds"}`, as it is printed."""


def at_most(name: str, figure: float, most: float) -> Bound:
    """Holds while the figure is not above `most`."""
    return {"name": name, "figure": round(figure, 4), "bound": f"<= {most:g}", "holds": figure <= most}


def at_least(name: str, figure: float, least: float) -> Bound:
    """Holds while the figure is not below `least`."""
    return {"name": name, "figure": round(figure, 4), "bound": f">= {least:g}", "holds": figure >= least}


def holds(report: Mapping[str, Any]) -> bool:
    """Whether every figure is within its bound."""
    return all(bound["holds"] for bound in report["bounds"])
