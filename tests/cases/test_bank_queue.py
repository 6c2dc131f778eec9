"""The bank month: what is simulated lies beside what was logged (docs/cases/bank-queue.md)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import bank_month
from benchmarks.bank_breaks import breaks_by_queue
from benchmarks.bank_calls import FILE, Calls, read_calls
from benchmarks.bank_models import Fitted, model_of_day
from benchmarks.bank_month import MAIN
from benchmarks.bank_order import taken_in_order
from benchmarks.bank_runs import Measures, Waited, callers, daily, logged, simulate_days, simulate_weeks
from mining.text import Text
from simulation.engines.compiled import run_compiled
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy

REPLICATIONS = 10
IS_SHARED = pytest.mark.shared_data


@pytest.fixture(scope="module")
def calls() -> Calls:
    data = bank_month.DATA
    if not (data / FILE).exists():
        pytest.skip(f"the bank month is not at hand: no {FILE.as_posix()} in {data}")
    return read_calls(data)


@pytest.fixture(scope="module")
def runs(calls) -> list[Waited]:
    return list(simulate_days(Fitted(calls, MAIN), REPLICATIONS))


def mean(runs: list[Waited], name: str) -> float:
    return float(np.mean([getattr(Measures.of(run), name) for run in runs]))


@IS_SHARED
def test_every_call_of_the_log_is_counted(calls):
    assert sum(calls.left_out.values()) + calls.came_ms.size == 42_078
    assert calls.gave_up.sum() == pytest.approx(7_261, abs=5)


@IS_SHARED
def test_waits_and_abandonment_of_the_month(calls, runs):
    log = Measures.of(logged(calls))
    assert log.wait_seconds == pytest.approx(77, abs=0.5)
    assert all(run.day.size == calls.came_ms.size for run in runs)
    assert mean(runs, "wait_seconds") == pytest.approx(log.wait_seconds, rel=0.12)
    assert mean(runs, "served_wait_seconds") == pytest.approx(log.served_wait_seconds, rel=0.12)
    assert mean(runs, "gave_up_share") == pytest.approx(log.gave_up_share, abs=0.025)
    assert mean(runs, "waited_share") == pytest.approx(log.waited_share, abs=0.08)


@IS_SHARED
def test_both_engines_serve_a_day_alike(calls):
    day = int(calls.days[0])
    program = build_program(model_of_day(Fitted(calls, MAIN), day), 2)
    simpy, compiled = (run(program, 7, 0, None, callers(calls, day)) for run in (run_simpy, run_compiled))
    assert np.array_equal(simpy.visits, compiled.visits)
    assert len(simpy.visits) == 2226


@IS_SHARED
def test_days_go_together(calls, runs):
    n = calls.days.size
    simulated = np.mean([daily(run, n) for run in runs], axis=0)
    together = [np.corrcoef(daily(logged(calls), n)[:, k], simulated[:, k])[0, 1] for k in (0, 1)]
    assert min(together) > 0.9


@IS_SHARED
def test_the_distribution_of_waits_in_the_common_queue_by_day(calls, runs):
    common = np.array([each.kind not in MAIN.apart for each in calls.classes])

    def waits(waited: Waited) -> np.ndarray:
        by_day = (waited.half_hour >= 14) & (waited.half_hour < 42)
        return waited.where(common[waited.of_class] & by_day).wait_minutes * 60

    p = [0.5, 0.75, 0.9, 0.95]
    seen = np.quantile(waits(logged(calls)), p)
    simulated = np.quantile(np.concatenate([waits(run) for run in runs]), p)
    assert simulated == pytest.approx(seen, abs=25)


@IS_SHARED
def test_calls_of_the_night_are_not_those_of_the_day(calls, runs):
    # without service times and patience of their own their waits come out half as long again
    (alike,) = simulate_days(Fitted(calls, replace(MAIN, nights=False)), 1)

    def late(waited: Waited) -> float:
        return Measures.of(waited.where(waited.half_hour >= 42)).wait_seconds

    apart = float(np.mean([late(run) for run in runs]))
    assert late(logged(calls)) < apart < 1.35 * late(logged(calls))
    assert late(alike) > 1.25 * apart


@IS_SHARED
def test_patience_must_not_be_taken_from_those_who_gave_up(calls):
    naive = replace(MAIN, name=Text(zh="", en=""), censored=False)
    (run,) = simulate_days(Fitted(calls, naive), 1)
    assert Measures.of(run).wait_seconds < 0.4 * Measures.of(logged(calls)).wait_seconds


@IS_SHARED
def test_a_typical_week_has_the_month_but_not_its_days(calls):
    weeks = list(simulate_weeks(Fitted(calls, MAIN), bank_month.SEED, 2))
    assert mean(weeks, "wait_seconds") == pytest.approx(77, rel=0.2)
    assert mean(weeks, "calls") == pytest.approx(calls.came_ms.size, rel=0.03)
    n = calls.days.size
    simulated = np.mean([daily(run, n)[:, 0] for run in weeks], axis=0)
    assert np.corrcoef(daily(logged(calls), n)[:, 0], simulated)[0, 1] < 0.6


@IS_SHARED
def test_what_the_model_does_not_know(calls):
    # priority 2 is moved ahead by 90 seconds, and agents at night go on a break when nobody waits
    moments, shares = taken_in_order(calls)
    assert moments > 5_000
    assert max(shares, key=lambda seconds: shares[seconds]) == 90
    assert shares[90] > max(shares[0], shares[86_400]) + 0.15
    night = dict(breaks_by_queue(Fitted(calls, MAIN)))["21:00-24:00"]
    nobody, many = night[0], night[-1]
    assert nobody[1] / nobody[0] > 3 * many[1] / many[0]


def test_without_the_data_it_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["bank_month.py", "--data", str(tmp_path)])
    assert bank_month.main() == 2
    assert "the bank month is not at hand" in capsys.readouterr().err


def test_blocks_are_put_between_their_marks(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\n<!-- end -->\nb\n<!-- two -->\nold\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(bank_month, "PAGE", page)
    monkeypatch.setattr(bank_month, "FIGURE", tmp_path / "figure.svg")
    for _ in range(2):  # again, and nothing changes
        bank_month.write({"one": "1 \\1", "two": "2"}, "<svg/>")
        assert page.read_text(encoding="utf-8") == (
            "a\n<!-- one -->\n1 \\1\n<!-- end -->\nb\n<!-- two -->\n2\n<!-- end -->\n"
        )
    with pytest.raises(ValueError, match="no place for three"):
        bank_month.write({"three": ""}, "")


def test_the_page_has_a_place_for_every_block_and_both_languages():
    text = bank_month.PAGE.read_text(encoding="utf-8")
    for name in ("counts", "overall", "half-hours", "inside", "quantiles", "classes", "patience", "breaks"):
        assert f"<!-- {name} -->\n" in text
    assert Path(bank_month.FIGURE).read_text(encoding="utf-8").startswith("<svg")
