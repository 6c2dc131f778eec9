"""A log cut in time: what a model may learn from, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from simulation.calibration.observations import observe
from simulation.errors import ExperimentError

TRAINING_SHARE = 0.8


@dataclass(frozen=True)
class LogSplit:
    """Whole cases before and after a moment. `n_cut_cases` have events on both sides and are in neither."""

    training: EventLog
    test: EventLog
    n_cut_cases: int
    cut_at: pd.Timestamp  # end of the first event after the cut

    @property
    def first_test_arrival(self) -> pd.Timestamp:
        """The earliest start in the test part: a model simulates as many cases as that has from here on."""
        return pd.Timestamp(int(observe(self.test).start_ms.min()), unit="ms")


def split_by_end_time(log: EventLog, training_share: float = TRAINING_SHARE) -> LogSplit:
    """Cut a log by the end times of its events, as the published comparisons do.

    The first `training_share` of the events (rounded down), by end time and then file row, are training,
    the rest is test; a case with events on both sides is dropped from both, so the test part holds whole
    cases only, all of which began late: few of the long ones are among them.
    Raises `ExperimentError` for a share outside 0-1 and where a part is left without a case.
    """
    if not 0 < training_share < 1:
        raise ExperimentError(
            zh=f"training_share 须大于 0 且小于 1，现为 {training_share}。",
            en=f"training_share must lie between 0 and 1, found {training_share}.",
        )
    events = log.events
    in_time = np.lexsort((events["file_row"].to_numpy(), events["time"].to_numpy()))
    n_training = int(training_share * len(events))
    case = events["case_id"].iloc[in_time]
    before, after = pd.Index(case.iloc[:n_training].unique()), pd.Index(case.iloc[n_training:].unique())
    training, test = before.difference(after), after.difference(before)
    cut = before.intersection(after)
    _check_parts(log, training, test, cut)
    cut_at = events["time"].iloc[in_time[n_training]]
    return LogSplit(log.of_cases(training), log.of_cases(test), len(cut), cut_at)


def _check_parts(log: EventLog, training: pd.Index, test: pd.Index, cut: pd.Index) -> None:
    if len(training) and len(test):
        return
    raise ExperimentError(
        zh=f"日志“{log.name}”无法切分：训练部分 {len(training)} 个办件，测试部分 {len(test)} 个，"
        f"跨越切分点而舍去 {len(cut)} 个；两部分各需至少一个完整办件。",
        en=f"Log {log.name!r} cannot be split: {len(training)} cases for training, {len(test)} for testing, "
        f"{len(cut)} dropped because they cross the cut; each part needs at least one whole case.",
    )
