"""The benchmark of the detectors in small: two services, two seeds, and the control."""

import importlib.util
from pathlib import Path

import pytest

from sample_logs.judging import Row, add_up, judge

BY_CHANCE = {"worse with volume", "new policy, searched", "drift"}
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "detection.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("detection", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return add_up([judge(service, seed) for service in ("C", "D") for seed in (1, 2)])


def test_what_is_planted_in_two_services_is_found_and_nothing_else(rows):
    found = {(row.service, row.kind): (row.recall, row.precision) for row in rows}
    assert {key for key, (recall, _) in found.items() if recall is not None and recall < 1} == set()
    wrong = {kind for (_, kind), (_, precision) in found.items() if precision is not None and precision < 1}
    # an alarm at p < 1 % goes off by chance now and then: these kinds alone, and once in the four logs
    assert wrong <= BY_CHANCE
    assert sum(len(row.invented) for row in rows) <= 1
    kinds = {
        "C": {"duplicated document", "parallel steps", "overdue complaints", "items stitched into matters"},
        "D": {"parallel steps", "ping-pong", "done on the last day", "accepted late", "returns at a step"},
    }
    for service, wanted in kinds.items():
        planted = {row.kind for row in rows if row.service == service and row.planted}
        assert wanted <= planted


def test_nothing_is_found_in_the_control():
    assert [judge("N", seed).n_findings for seed in (1, 2)] == [0, 0]


def test_the_table_marks_what_is_below_95_percent_and_names_what_was_missed(benchmark):
    good = Row("A", "returns", 20, planted=20, hits=20, found=20, right=20)
    bad = Row(
        "A", "slow officer", 20, 20, 18, 20, 18, missed=("3: 税务-3", "9: 税务-3"), invented=("3: 税务-1",)
    )
    text = benchmark.table([good, bad])
    assert "| A | returns | 20 | 20 | 1.000 | 1.000 |" in text
    assert "| A | slow officer | 20 | 20 | 0.900 **below** | 0.900 **below** |" in text
    assert benchmark.below([good, bad]) == [bad]
    assert "A, slow officer: missed 3: 税务-3; 9: 税务-3" in benchmark.errors([good, bad])


def test_one_command_makes_the_table_and_the_json(benchmark, tmp_path, capsys):
    path = tmp_path / "detection.json"
    assert benchmark.main(["--service", "N", "--seeds", "1", "--processes", "1", "--json", str(path)]) == 0
    assert "nothing found in 1 of 1 logs" in capsys.readouterr().out
    assert '"control"' in path.read_text(encoding="utf-8")
