"""The dashboard and the alert rules name metrics, labels and values that a running system has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from araldo.accounts.health import Health
from araldo.posts.models import State
from tests.support.running_system import RunningSystem, ask, start_system

ROOT = Path(__file__).parents[2]
DASHBOARD, RULES = ROOT / "deploy/grafana/araldo.json", ROOT / "deploy/prometheus/alerts.yml"
PAGE = ROOT / "docs/monitoring.md"
_NAME = re.compile(r"\b(?:araldo|process)_\w+")
_MATCHER = re.compile(r'(\w+)(?:=~|=|!=|!~)"([^"]*)"')
_TOKEN = "a-token-of-the-tests"


def dashboard_expressions() -> list[str]:
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(text for name, text in node.items() if name in {"expr", "query"} and isinstance(text, str))
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(json.loads(DASHBOARD.read_text()))
    return [text for text in found if "_" in text]


def rule_expressions() -> list[str]:
    return re.findall(r"^ +expr: (.+)$", RULES.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The names of all samples that a running system has or will have, and those of its metrics."""
    with start_system(tmp_path_factory.mktemp("system"), metrics={"token": _TOKEN}) as home:
        publish(home)
        text = ask("GET", f"{home.url}/metrics", headers={"Authorization": f"Bearer {_TOKEN}"}).raw.decode()
    families = list(text_string_to_metric_families(text))
    samples = {sample.name for family in families for sample in family.samples}
    for family in families:
        # Those that have no sample yet.
        suffixes = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}.get(family.type, ("",))
        samples |= {family.name + suffix for suffix in suffixes}
    metrics = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    return samples, metrics


def publish(home: RunningSystem) -> None:
    assert home.create(wait=60, publish_immediately=True).body["status"] == "published"


@pytest.mark.parametrize("expression", [*dashboard_expressions(), *rule_expressions()])
def test_every_metric_that_is_asked_for_is_exposed(expression: str, exposed: tuple[set[str], set[str]]) -> None:
    named = set(_NAME.findall(expression))
    assert named
    assert named - exposed[0] == set()
    assert all(expression.count(opening) == expression.count(closing) for opening, closing in ("()", "{}", "[]"))


def test_every_value_that_is_asked_for_exists() -> None:
    known = {"state": set(State), "health": set(get_args(Health))}
    asked = [pair for text in dashboard_expressions() + rule_expressions() for pair in _MATCHER.findall(text)]
    checked = [(label, part) for label, value in asked if label in known for part in value.split("|")]
    assert len(checked) > 5
    assert [(label, part) for label, part in checked if part not in known[label]] == []


def test_every_rule_is_whole() -> None:
    rules = re.split(r"^ +- alert: ", RULES.read_text(), flags=re.MULTILINE)[1:]
    assert len(rules) == len(rule_expressions()) > 8
    for rule in rules:
        for part in ("expr:", "severity:", "summary:", "description:"):
            assert rule.count(part) == 1, rule


def test_every_panel_has_a_place_of_its_own() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [tuple(panel["gridPos"][name] for name in "xywh") for panel in panels]
    assert len({panel["id"] for panel in panels}) == len(panels) > 20
    taken = [(x + dx, y + dy) for x, y, w, h in places for dx in range(w) for dy in range(h)]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_the_page_lists_every_metric(exposed: tuple[set[str], set[str]]) -> None:
    listed = set(re.findall(r"`(araldo_\w+)`", PAGE.read_text()))
    ours = {name for name in exposed[1] if name.startswith("araldo_")}
    assert listed == ours


def test_the_page_lists_every_alert() -> None:
    alerts = re.findall(r"^ +- alert: (\w+)", RULES.read_text(), re.MULTILINE)
    assert re.findall(r"^\| `(Araldo\w+)` \|", PAGE.read_text(), re.MULTILINE) == alerts
