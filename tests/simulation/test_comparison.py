"""Paired differences by hand, the headline, and the JSON contract."""

import json
from dataclasses import replace

import pytest

from mining.measures import KPIS
from mining.text import Text
from simulation.comparison import Comparison, compare
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.errors import ExperimentError
from simulation.experiment import Experiment, Settings
from simulation.headline import signed
from simulation.horizon import Horizon
from simulation.redesign import OneWindow, RemoveStep, Scenario
from simulation.replication import Replication
from simulation.service_model import service_model_from

MODEL = service_model_from(
    {
        "name": {"zh": "企业开办", "en": "Starting a business"},
        "start_date": "2026-03-02",
        "calendars": {"厅": {"weekly": {"mon": ["09:00-17:00"]}}},
        "pools": [{"name": "甲"}, {"name": "乙"}],
        "members": [
            {"name": "一", "serves": ["甲"], "calendar": "厅"},
            {"name": "二", "serves": ["乙"], "calendar": "厅"},
        ],
        "steps": [{"name": "受理", "pool": "甲"}, {"name": "登记", "pool": "乙"}],
        "flow": {"sequence": [{"step": "受理"}, {"step": "登记"}]},
        "arrivals": [{"name": "到场", "per_day": 1, "calendar": "厅", "half_hour_weights": {"09:00": 1}}],
        "visits": {"calendar": "厅"},
    }
)
PROGRAM = build_program(MODEL, 1)
WINDOW = Scenario(name=Text(zh="一窗受理", en="One window"), redesigns=(OneWindow(pools=("甲", "乙")),))


def experiment(unfinished: int = 0, **kpis: list[float]) -> Experiment:
    """An experiment whose replications gave these values."""
    n = len(next(iter(kpis.values())))
    return Experiment(
        model=MODEL,
        settings=Settings(n, 40, 20, 40, 1, "simpy"),
        horizon=Horizon(20, 60, 100),
        replications=tuple(
            Replication(
                r, {name: values[r] for name, values in kpis.items()}, {"甲": 0.5}, 100, unfinished, {}
            )
            for r in range(n)
        ),
        program=PROGRAM,
        run=run_simpy(PROGRAM, 1, 0),
    )


BEFORE = experiment(wait_minutes_mean=[20, 22, 24], cycle_time_working_days_mean=[14, 15, 13])
AFTER = experiment(wait_minutes_mean=[15, 16, 20], cycle_time_working_days_mean=[14.5, 14, 13.2])


def test_the_interval_is_that_of_the_paired_differences() -> None:
    wait = compare(BEFORE, AFTER).kpi("wait_minutes_mean")
    # differences -5, -6, -4: mean -5, sd 1, t(2, 97.5 %) = 4.302653, half width 4.302653 / sqrt(3) = 2.484138
    assert (wait.before, wait.after, wait.difference, wait.replications) == (22, 17, -5, 3)
    assert wait.ci_low == pytest.approx(-7.484138, abs=1e-5)
    assert wait.ci_high == pytest.approx(-2.515862, abs=1e-5)
    # variances 4 and 7 apart, 1 paired
    assert wait.variance_ratio == pytest.approx(1 / 11)
    assert wait.relative_difference == pytest.approx(-5 / 22)
    assert wait.is_better is True
    assert compare(AFTER, BEFORE).kpi("wait_minutes_mean").is_better is False


def test_an_interval_that_holds_zero_tells_nothing() -> None:
    cycle = compare(BEFORE, AFTER).kpi("cycle_time_working_days_mean")
    assert cycle.contains_zero
    assert cycle.is_better is None


def test_more_of_what_should_be_high_is_better() -> None:
    before, after = (
        experiment(first_time_right_share=[0.4, 0.5]),
        experiment(first_time_right_share=[0.6, 0.71]),
    )
    assert compare(before, after).kpi("first_time_right_share").is_better is True


def test_the_headline_in_both_languages() -> None:
    comparison = compare(BEFORE, AFTER, WINDOW)
    # cycle time: differences 0.5, -1, 0.2: mean -0.1, sd 0.794, half width 4.302653 x 0.794 / sqrt(3) = 1.97
    assert comparison.headline("zh") == (
        "企业开办采用“一窗受理”后，平均等待由 22.0 变为 17.0 分钟（−5.0，95% 区间 −7.5 至 −2.5）；"
        "平均办结用时由 14.0 变为 13.9 工作日（−0.1，95% 区间 −2.1 至 +1.9，区间含 0，看不出变化）"
        "（仿真，3 次配对）。"
    )
    assert comparison.headline("en") == (
        "Starting a business with 'One window': mean wait from 22.0 to 17.0 minutes "
        "(−5.0, 95 % interval −7.5 to −2.5); mean cycle time from 14.0 to 13.9 working days "
        "(−0.1, 95 % interval −2.1 to +1.9, which includes 0: no change can be told) "
        "(simulated, 3 paired runs)."
    )


def test_the_headline_says_unchanged_and_names_what_is_unfinished() -> None:
    comparison = compare(
        experiment(unfinished=3, wait_minutes_mean=[5, 6]), experiment(wait_minutes_mean=[5, 6])
    )
    assert "平均等待不变（5.5 分钟）" in comparison.headline("zh")
    assert "改前 3.0%，改后 0.0%" in comparison.headline("zh")
    assert "(3.0% before, 0.0% after)" in comparison.headline("en")


def test_a_small_change_is_not_rounded_away() -> None:
    before, after = experiment(wait_minutes_mean=[5.0, 6.0]), experiment(wait_minutes_mean=[4.97, 5.96])
    # differences -0.03 and -0.04: half width 12.706 x 0.00707 / sqrt(2) = 0.0635
    assert "5.50 to 5.46 minutes (−0.04, 95 % interval −0.10 to +0.03" in compare(before, after).headline(
        "en"
    )


def test_a_number_has_a_sign_unless_it_is_zero() -> None:
    assert [signed(x) for x in (-1.25, 3.0, -0.04, 0.0)] == ["−1.2", "+3.0", "0.0", "0.0"]


def test_what_only_one_side_can_tell_is_named() -> None:
    before = experiment(wait_minutes_mean=[1, 2], visits_per_journey_mean=[1, 1])
    after = experiment(wait_minutes_mean=[1, 2])
    comparison = compare(before, after)
    assert [each.name for each in comparison.kpis] == ["wait_minutes_mean"]
    assert comparison.not_comparable == ("visits_per_journey_mean",)
    some = replace(after.replications[0], kpis={})
    comparison = compare(after, replace(after, replications=(some, after.replications[1])))
    assert comparison.not_comparable == ("wait_minutes_mean",)
    assert "没有可比较的指标" in comparison.headline("zh")


@pytest.mark.parametrize("other", [{"seed": 2}, {"days": 20}])
def test_experiments_that_do_not_pair(other: dict[str, int]) -> None:
    with pytest.raises(ExperimentError, match="do not pair"):
        compare(BEFORE, replace(AFTER, settings=replace(AFTER.settings, **other)))


def test_runs_of_both_engines_pair_because_they_are_the_same_runs() -> None:
    other = replace(AFTER, settings=replace(AFTER.settings, engine="compiled"))
    assert compare(BEFORE, other).kpis == compare(BEFORE, AFTER).kpis


WAIT_FALLS = {"wait_minutes_mean": [20, 22, 24]}, {"wait_minutes_mean": [15, 16, 20]}


def gave_up(before: list[float] | None, after: list[float] | None, waits=WAIT_FALLS) -> Comparison:
    """Waits that fall, and the shares that gave up; None where a hall does not tell."""
    sides = [
        experiment(**wait, **({} if share is None else {"abandonment_share": share}))
        for wait, share in zip(waits, (before, after), strict=True)
    ]
    return compare(*sides)


def test_those_who_gave_up_stand_right_behind_the_wait() -> None:
    every = experiment(**{each.key: [1.0, 2.0] for each in reversed(KPIS)})
    names = [each["name"] for each in compare(every, every).to_json("zh")["kpis"]]
    at = names.index("wait_minutes_mean")
    assert names[at : at + 3] == ["wait_minutes_mean", "wait_minutes_p90", "abandonment_share"]
    few = gave_up([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])
    assert [each["name"] for each in few.to_json("en")["kpis"]] == ["wait_minutes_mean", "abandonment_share"]


def test_a_shorter_wait_of_a_less_patient_crowd_is_told() -> None:
    # differences 0.09, 0.10, 0.11: mean 0.10, half width 4.302653 x 0.01 / sqrt(3) = 0.025
    comparison = gave_up([0.02, 0.03, 0.04], [0.11, 0.13, 0.15])
    document = comparison.to_json("en")
    assert len(document["cautions"]["comparison"]) == 1
    assert "abandoned tickets rise from 3.0% to 13.0%" in document["cautions"]["comparison"][0]
    assert "弃号率由 3.0% 升至 13.0%" in comparison.to_json("zh")["cautions"]["comparison"][0]
    assert comparison.cautions[0].en == document["cautions"]["comparison"][0]


def test_no_word_of_patience_where_nothing_tells_of_it() -> None:
    before, after = [0.02, 0.03, 0.04], [0.11, 0.13, 0.15]
    quiet = [
        gave_up(before, [0.02, 0.09, 0.03]),  # differences 0, 0.06, -0.01: the interval holds 0
        gave_up(after, before),  # fewer gave up
        gave_up(before, after, WAIT_FALLS[::-1]),  # the wait rises
        gave_up(before, None),
        gave_up(None, [0.0, 0.0, 0.0]),
        gave_up(None, None),
    ]
    assert [each.to_json("en")["cautions"]["comparison"] for each in quiet] == [[]] * 6


def test_giving_up_only_afterwards_is_told() -> None:
    caution = gave_up(None, [0.1, 0.2, 0.3]).cautions[0]
    assert "only in the hall afterwards do people give up (20.0% of the tickets)" in caution.en
    assert "只有改后的大厅有人弃号（20.0%）" in caution.zh


def test_one_pair_has_no_interval() -> None:
    one = experiment(wait_minutes_mean=[1])
    with pytest.raises(ExperimentError, match="at least 2 replications"):
        compare(one, one)


def test_the_json_contract() -> None:
    after = replace(AFTER, model=WINDOW.apply(MODEL))
    document = json.loads(json.dumps(compare(BEFORE, after, WINDOW).to_json("en"), allow_nan=False))
    contract = {"name", "unit", "before", "after", "difference", "ci_low", "ci_high", "replications"}
    assert all(contract <= set(each) for each in document["kpis"])
    assert [each["name"] for each in document["kpis"]] == [
        "wait_minutes_mean",
        "cycle_time_working_days_mean",
    ]
    assert document["kpis"][0]["unit"] == "minutes"
    assert document["simulated"] is True
    assert document["scenario"] == "One window"
    assert document["unfinished_cases"] == {"before": 0, "after": 0}
    assert document["changes"] == [WINDOW.redesigns[0].describe().en]
    assert any("1.12 times" in text for text in document["assumptions"])


def test_without_a_scenario_the_changes_are_read_off_the_models() -> None:
    model = RemoveStep(step="登记").apply(MODEL)
    comparison = compare(BEFORE, replace(AFTER, model=model))
    assert [text.en for text in comparison.changes] == ["1 step removed: 登记."]


def test_kpis_come_in_the_order_of_the_definitions() -> None:
    every = experiment(**{each.key: [1.0, 2.0] for each in reversed(KPIS)})
    assert [each.name for each in compare(every, every).kpis] == [each.key for each in KPIS]
