"""The figures of docs/cases: counted from the raw files by code that knows nothing of the project, and found.

The raw count reads the XML with the standard library alone.
"""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pytest

from dashboards.mining_report import MiningReport, mine_everything
from mining.findings import Finding
from mining.reading import read_event_log

pytestmark = pytest.mark.shared_data
Event = dict[str, str]


@lru_cache(maxsize=2)
def raw_traces(path: Path) -> dict[str, list[Event]]:
    """Case -> its events as key-value pairs, in the order of time, then of the file."""
    found: dict[str, list[Event]] = {}
    with gzip.open(path, "rb") as stream:
        for _, element in ElementTree.iterparse(stream):
            if not element.tag.endswith("trace"):
                continue
            attributes = {
                a.get("key", ""): a.get("value", "") for a in element if not a.tag.endswith("event")
            }
            events = [
                {a.get("key", ""): a.get("value", "") for a in event}
                for event in element
                if event.tag.endswith("event")
            ]
            found[attributes["concept:name"]] = sorted(events, key=lambda event: event["time:timestamp"][:19])
            element.clear()
    return found


@lru_cache(maxsize=2)
def mined(path: Path) -> MiningReport:
    return mine_everything(read_event_log(path, salt="cases"))


def of_kind(report: MiningReport, kind: str, **where: object) -> list[Finding]:
    return [
        finding
        for finding in report.findings
        if finding.kind == kind and all(finding.where.get(key) == value for key, value in where.items())
    ]


def test_incidents_that_go_back_to_a_team(shared_data):
    path = shared_data / "BPIC13_incidents.xes.gz"
    returning = 0
    for events in raw_traces(path).values():
        teams = [team for team, _ in groupby(event["org:group"] for event in events)]
        returning += any(a == c for a, c in zip(teams, teams[2:], strict=False))
    assert (returning, len(raw_traces(path))) == (1_177, 7_554)
    overall = max(of_kind(mined(path), "ping_pong"), key=lambda finding: finding.cases)
    assert overall.cases == returning


def test_steps_of_the_receipt_done_in_one_go(shared_data):
    path = shared_data / "receipt.xes.gz"
    (finding,) = of_kind(mined(path), "steps_in_one_go")
    assert (finding.cases, finding.effect.n) == (934, 1_283)
    decisions = [e for events in raw_traces(path).values() for e in events if e["concept:name"][:3] == "T10"]
    assert len(decisions) == finding.effect.n


@pytest.mark.parametrize(("file", "repeating"), [("BPIC15_1", 146), ("BPIC15_2", 79)])
def test_permits_asked_again_whether_they_are_complete(shared_data, file, repeating):
    path = shared_data / f"{file}.xes.gz"
    again = sum(
        sum(event["concept:name"] == "08_AWB45_005" for event in events) > 1
        for events in raw_traces(path).values()
    )
    (finding,) = [each for each in of_kind(mined(path), "repeated_step") if "08_AWB45_005" in each.title.en]
    assert again == finding.cases == repeating


def test_decisions_on_travel_permits(shared_data):
    path = shared_data / "BPIC2020_PermitLog.xes.gz"
    names = [event["concept:name"] for events in raw_traces(path).values() for event in events]
    director = [name for name in names if name.startswith("Permit") and name.endswith("by DIRECTOR")]
    (stamp,) = of_kind(mined(path), "always_passes")
    assert (stamp.evidence["decisions"], stamp.evidence["objections"]) == (
        len(director),
        sum("REJECTED" in name for name in director),
    )
    (whole,) = of_kind(mined(path), "rework")
    assert round(whole.effect.value, 3) == 0.772
    returned = max(of_kind(mined(path), "rework_at_step"), key=lambda finding: finding.cases)
    assert (returned.cases, returned.effect.n) == (1_133, 4_495)


def test_no_bursts_of_a_role(shared_data):
    path = shared_data / "BPIC2020_DomesticDeclarations.xes.gz"
    assert of_kind(mined(path), "same_second_bursts") == []
    rejected = sum(
        event["concept:name"] == "Declaration REJECTED by ADMINISTRATION"
        for events in raw_traces(path).values()
        for event in events
    )
    assert rejected == 952


def test_batches_of_the_emergency_department(shared_data):
    causes = of_kind(mined(shared_data / "patients.csv"), "waiting_causes")
    assert {cause.title.en.rsplit(" ", 1)[-1] for cause in causes} == {"batching"}
