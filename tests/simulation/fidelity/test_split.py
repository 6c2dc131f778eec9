"""Cutting a log in time."""

from __future__ import annotations

import pytest

from mining.reading import read_event_log
from simulation.errors import ExperimentError
from simulation.fidelity import split_by_end_time

DAY = "2026-03-02"
COLUMNS = "case_id activity ts_start ts_end"


def hours(case, *spans):
    return [(case, "step", f"{DAY} {start:02d}:00", f"{DAY} {end:02d}:00") for start, end in spans]


def test_the_first_events_by_end_time_are_training(make_log):
    # ends 2 3 4 5 6 | 7 8 9 10 11: p and q lie before, s after; r has an end on either side
    log = make_log(
        COLUMNS,
        [
            *hours("p", (1, 2), (2, 3), (3, 4)),
            *hours("q", (1, 5)),
            *hours("r", (2, 6), (7, 11)),
            *hours("s", (1, 7), (7, 8), (8, 9), (9, 10)),
        ],
    )
    split = split_by_end_time(log, training_share=0.5)
    assert set(split.training.events["case_id"]) == {"p", "q"}
    assert set(split.test.events["case_id"]) == {"s"}
    assert split.n_cut_cases == 1
    assert str(split.cut_at) == f"{DAY} 07:00:00"
    assert str(split.first_test_arrival) == f"{DAY} 01:00:00"
    assert len(split.training.cases) == 2


def test_the_number_of_training_events_is_rounded_down(make_log):
    # 0.8 of three events: two
    log = make_log(COLUMNS, [*hours("p", (1, 2)), *hours("q", (1, 3)), *hours("r", (1, 4))])
    split = split_by_end_time(log)
    assert (split.training.n_cases, split.test.n_cases, split.n_cut_cases) == (2, 1, 0)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_share_out_of_range_is_refused(make_log, share):
    log = make_log(COLUMNS, [*hours("p", (1, 2)), *hours("q", (1, 3))])
    with pytest.raises(ExperimentError, match="between 0 and 1, found"):
        split_by_end_time(log, share)


def test_a_log_all_cut_is_refused(make_log):
    log = make_log(COLUMNS, hours("p", (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)))
    with pytest.raises(ExperimentError, match="0 cases for training, 0 for testing, 1 dropped"):
        split_by_end_time(log)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "training", "test"),
    [("LoanApp", 797, 200), ("P2P", 449, 101), ("Production", 127, 38), ("ACR", 673, 173)],
)
def test_the_published_logs_split_as_published(shared_data, name, training, test):
    """Published: 679 training cases for ACR; reading drops its 34 repeated rows, which moves the cut."""
    path = shared_data / "fidelity" / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {path.parent}")
    split = split_by_end_time(read_event_log(path))
    assert (split.training.n_cases, split.test.n_cases) == (training, test)
