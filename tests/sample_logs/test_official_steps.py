"""Sample service A against its official list: what is planted in the log comes back under its kind."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from mining.conformance.check import Conformance, check_conformance
from mining.conformance.model import read_official_model
from mining.event_log import EventLog, sort_events
from mining.reading import read_event_log
from mining.working_time import OFFICE_HOURS
from sample_logs import generate_sample, load_service
from simulation.model.flow import leaves

LIST = Path(str(resources.files("sample_logs").joinpath("official_steps", "A.yaml")))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    """The finished cases of a log without noise."""
    files = generate_sample("A", tmp_path_factory.mktemp("sample"), days=60, noise=False)
    whole = read_event_log(files.events, materials=files.materials)
    last = whole.events.groupby("case_id")["activity"].last()
    return whole.of_cases(last.index[last == "银行开户审核"])


def checked(log: EventLog) -> Conformance:
    return check_conformance(log, read_official_model(LIST), OFFICE_HOURS)


def test_the_list_is_the_flow_of_the_model() -> None:
    assert list(read_official_model(LIST).net.steps) == list(dict.fromkeys(leaves(load_service("A").flow)))


def test_every_case_keeps_to_it_and_corrections_are_no_deviation(log: EventLog) -> None:
    found = checked(log)
    assert found.cases > 300
    assert found.fitting_share == 1
    assert found.token_fitness == 1
    assert found.deviations == ()
    assert found.repeats_after_return > 100
    assert found.match.unmatched == found.match.never_done == ()


def test_planted_deviations_come_back(log: EventLog) -> None:
    events = log.events
    cases = events["case_id"].drop_duplicates().tolist()
    once = events.groupby(["case_id", "activity"]).size().unstack()
    usual = [case for case in cases if (once.loc[case] == 1).all()]  # nothing was returned in them
    skipped, repeated, moved, cut, strange = (set(usual[n * 15 : (n + 1) * 15]) for n in range(5))
    of = events["case_id"].isin
    step = events["activity"]
    keep = ~(of(skipped) & (step == "社保登记")) & ~(of(cut) & step.isin(["银行开户", "银行开户审核"]))
    early = of(moved) & (step == "公积金开户")
    first = events.groupby("case_id")["time"].transform("min")
    changed = events.assign(time=events["time"].where(~early, first - pd.Timedelta(minutes=1)))[keep]
    collected = changed[changed["activity"] == "领照"]
    again = collected[collected["case_id"].isin(repeated)]
    other = collected[collected["case_id"].isin(strange)].assign(activity="复印")
    more = pd.concat([again, other]).assign(time=lambda rows: rows["time"] + pd.Timedelta(seconds=1))
    planted = replace(log, events=sort_events(pd.concat([changed, more]).astype(events.dtypes.to_dict())))
    found = checked(planted)
    assert {(each.kind, each.step, each.cases) for each in found.deviations} == {
        ("skipped", "社保登记", 15),
        ("repeated", "领照", 15),
        ("wrong_order", "公积金开户", 15),
        ("unfinished", "银行开户", 15),
        ("unfinished", "银行开户审核", 15),
        ("inserted", "复印", 15),
    }
    assert found.fitting_cases == found.cases - 75
    assert [name for name, _ in found.match.unmatched] == ["复印"]
