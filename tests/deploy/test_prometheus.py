"""Prometheus's configuration and the alert rules, by Prometheus's own tool."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.compose import ROOT, load_compose
from tests.deploy.queries import DEPLOY, RULES, expressions, load_rules
from tests.fixtures import needs

CASES = Path(__file__).with_name("rules_test.yml")
NAMES = [rule["alert"] for rule in load_rules()]


@pytest.fixture
def promtool() -> str:
    """Debian has it in the package `prometheus`."""
    return shutil.which("promtool") or needs.unavailable("promtool", "it is not on the path")


def run(promtool: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool, *words], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", ["prometheus.yml", "one-machine.yml"])
def test_configurations_are_valid(promtool: str, name: str) -> None:
    """Prometheus would start with them, and finds the rules."""
    done = run(promtool, "check", "config", str(DEPLOY / "prometheus" / name))

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(NAMES)} rules found" in done.stdout


def test_containers_are_scraped_by_the_names_of_their_services() -> None:
    """The names that Prometheus asks for are services that serve metrics at that port."""
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    (found,) = config["scrape_configs"][0]["dns_sd_configs"]
    services = load_compose()["services"]
    serving = {name for name, item in services.items() if "TGFORWARD_METRICS_PORT" in item.get("environment", ())}

    assert set(found["names"]) == serving - {"migrate", "tgforward"}
    assert {services[name]["environment"]["TGFORWARD_METRICS_PORT"] for name in found["names"]} == {found["port"]}


def test_each_alert_fires_and_keeps_quiet_as_described(promtool: str) -> None:
    """The cases of rules_test.yml hold, and each alert has one of both kinds."""
    done = run(promtool, "test", "rules", str(CASES))
    cases = yaml.safe_load(CASES.read_text())["tests"]

    assert done.returncode == 0, done.stdout + done.stderr
    assert [case["name"] for case in cases] == NAMES
    for case in cases:
        assert [bool(item["exp_alerts"]) for item in case["alert_rule_test"]] == [False, True]
        assert {item["alertname"] for item in case["alert_rule_test"]} == {case["name"]}


@pytest.mark.parametrize("expression", ["vector(0) > 1", "vector(1) > 0"], ids=["never", "always"])
@pytest.mark.parametrize("name", NAMES)
def test_the_cases_notice_an_alert_that_is_wrong(promtool: str, tmp_path: Path, name: str, expression: str) -> None:
    """Neither one that never fires passes nor one that always does."""
    rules = yaml.safe_load(RULES.read_text())
    for rule in rules["groups"][0]["rules"]:
        if rule["alert"] == name:
            rule["expr"] = expression
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules))
    cases = yaml.safe_load(CASES.read_text())
    one = [case for case in cases["tests"] if case["name"] == name]
    (tmp_path / "cases.yml").write_text(yaml.safe_dump({**cases, "rule_files": ["rules.yml"], "tests": one}))

    assert run(promtool, "test", "rules", str(tmp_path / "cases.yml")).returncode == 1


def test_every_expression_can_be_read(promtool: str, tmp_path: Path) -> None:
    """Those of the dashboard and of KEDA, too: as recording rules they are accepted."""
    rules = [{"record": f"x:{number}", "expr": text} for number, text in enumerate(expressions().values())]
    (tmp_path / "all.yml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    done = run(promtool, "check", "rules", str(tmp_path / "all.yml"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout


def test_the_guide_explains_every_alert() -> None:
    """docs/how-to/monitor.md has a row for each, and for no other."""
    text = (ROOT / "docs/how-to/monitor.md").read_text()

    assert re.findall(r"^\| `(Tgforward\w+)`", text, re.MULTILINE) == NAMES


def test_alerts_say_how_bad_it_is() -> None:
    """Each is critical (somebody should get up) or a warning, and is described."""
    for rule in load_rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description"}
