"""The states of the machines of a simulated hall that can fail: up, down, or off while nobody needs them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.event_log import DEVICE_COLUMNS, DOWN, OFF, UP, empty_table
from simulation.engines.log.columns import FIRST_ROW, texts, times
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import OpenTime
from simulation.engines.run_records import Repair, RunRecords

STATES = (UP, DOWN, OFF)
_UP, _DOWN, _OFF = range(3)


def device_table(program: Program, run: RunRecords) -> pd.DataFrame:
    """A row whenever the state of a machine that can fail changes, in order of time.

    A machine is off outside its own calendar, which is not scheduled time. Repairs go on meanwhile.
    """
    machines = [n for n, failure in enumerate(program.failures) if failure is not None]
    if not machines:
        return empty_table(DEVICE_COLUMNS)
    downtimes = np.concatenate([run.repairs, run.still_down])
    repairs = dict(zip(Repair._fields, downtimes.T, strict=True))
    parts = []
    for machine in machines:
        own = repairs["machine"] == machine
        repaired = repairs["repaired"][own]
        calendar = program.calendars[program.member_calendars[machine]]
        moment, state = _changes(calendar, repairs["failed"][own], repaired[repaired >= 0], run.end_ms)
        parts.append(np.stack([moment, np.full(moment.size, machine), state]))
    moment, machine, state = np.concatenate(parts, axis=1)
    order = np.lexsort((machine, moment))
    return pd.DataFrame(
        {
            "device_id": texts(program.names.members, machine[order]),
            "ts": times(program.start_date, moment[order]),
            "state": texts(STATES, state[order]),
            "file_row": np.arange(order.size) + FIRST_ROW,
        }
    )


def _changes(
    calendar: OpenTime, failed: np.ndarray, repaired: np.ndarray, end_ms: int
) -> tuple[np.ndarray, np.ndarray]:
    """Moments before the end of the run and the state of one machine from then on; a moment may come twice,
    the later row holds."""
    opens, closes = np.array(calendar.begins, "int64"), np.array(calendar.ends, "int64")

    def is_open(moments: np.ndarray) -> np.ndarray:
        at = np.searchsorted(opens, moments, side="right") - 1
        return (at >= 0) & (moments < np.append(closes, -1)[at])

    # failures of one machine do not overlap: it is down if more have failed than were repaired
    down = np.searchsorted(failed, opens, side="right") > np.searchsorted(repaired, opens, side="right")
    fails, works = failed[is_open(failed)], repaired[is_open(repaired)]
    moment = np.concatenate([opens, closes, fails, works])
    state = np.repeat([_UP, _OFF, _DOWN, _UP], [opens.size, closes.size, fails.size, works.size])
    state[: opens.size] = np.where(down, _DOWN, _UP)
    kept = moment < end_ms
    order = np.argsort(moment[kept], kind="stable")
    return moment[kept][order], state[kept][order]
