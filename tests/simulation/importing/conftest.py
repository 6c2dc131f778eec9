"""Tiny diagrams as text: 'start > a > x; x > b 0.3; x > end 0.7'."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

KINDS = {
    "x": "exclusiveGateway",
    "p": "parallelGateway",
    "o": "inclusiveGateway",
    "t": "intermediateCatchEvent",
}


def _tag(name: str) -> str:
    """'start', 'end1' and so on; 'x1' is an exclusive gateway, 'p1' a parallel one, other names are tasks."""
    for event in ("start", "end"):
        if name.startswith(event):
            return f"{event}Event"
    return KINDS.get(name[0], "task") if name[1:].isdigit() else "task"


def diagram(flows: str, *, extra: str = "") -> str:
    """The BPMN of a line such as 'start > check > end'."""
    ways = [[name.split()[0] for name in way.split(">")] for way in flows.split(";")]
    names = dict.fromkeys(name for way in ways for name in way)
    inside = {"intermediateCatchEvent": "<timerEventDefinition/>"}
    elements = [f'<{_tag(n)} id="{n}" name="{n}">{inside.get(_tag(n), "")}</{_tag(n)}>' for n in names]
    arrows = [
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>'
        for way in ways
        for a, b in pairwise(way)
    ]
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="it">'
        f"{''.join(elements)}{''.join(arrows)}{extra}</process></definitions>"
    )


def chances(flows: str) -> list[dict[str, Any]]:
    """The gateways of a line: a number behind the last name of a way is its chance."""
    found: dict[str, list[dict[str, Any]]] = {}
    for way in flows.split(";"):
        *_, before, last = way.split(">")
        parts = last.split()
        if len(parts) == 2:
            gateway = before.split()[0]
            path = {"path_id": f"{gateway}-{parts[0]}", "value": float(parts[1])}
            found.setdefault(gateway, []).append(path)
    return [{"gateway_id": name, "probabilities": paths} for name, paths in found.items()]


def parameters(flows: str, **changed: Any) -> dict[str, Any]:
    """One clerk does every task in ten minutes from Monday to Friday; `changed` replaces whole sections."""
    tasks = [n for n in dict.fromkeys(flows.replace(";", ">").replace(">", " ").split()) if _tag(n) == "task"]
    tasks = [name for name in tasks if not name.replace(".", "").isdigit()]
    week = [{"from": "MONDAY", "to": "FRIDAY", "beginTime": "09:00:00", "endTime": "17:00:00"}]
    fix = {"distribution_name": "fix", "distribution_params": [{"value": 600}]}
    clerk = {"id": "clerk", "name": "Clerk", "amount": 1, "calendar": "week", "cost_per_hour": 0}
    return {
        "resource_profiles": [{"id": "all", "name": "all", "resource_list": [clerk]}],
        "arrival_time_distribution": fix,
        "arrival_time_calendar": week,
        "gateway_branching_probabilities": chances(flows),
        "task_resource_distribution": [
            {"task_id": task, "resources": [{"resource_id": "clerk", **fix}]} for task in tasks
        ],
        "resource_calendars": [{"id": "week", "name": "week", "time_periods": week}],
        **changed,
    }


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """`files(flows, **sections)`: the two files of a tiny model."""

    def write(flows: str, *, extra: str = "", **changed: Any) -> tuple[Path, Path]:
        bpmn, json_path = tmp_path / "tiny.bpmn", tmp_path / "tiny.json"
        bpmn.write_text(diagram(flows, extra=extra), encoding="utf-8")
        json_path.write_text(json.dumps(parameters(flows, **changed)), encoding="utf-8")
        return bpmn, json_path

    return write
