"""Repairs done by members: work that no event of a log tells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.engines.log.columns import texts, times
from simulation.engines.program.codes import Program
from simulation.engines.run_records import Repair, RunRecords


def repairs_by_members(run: RunRecords) -> np.ndarray:
    """Rows (member, begin, end, machine) of all repairs a member began, int64 of shape (n, 4).

    Times as in `Repair`; a repair under way when the run ended ends there.
    """
    found = np.concatenate([run.repairs, run.still_down])
    column = dict(zip(Repair._fields, found.T, strict=True))
    end = np.where(column["repaired"] < 0, run.end_ms, column["repaired"])
    rows = np.stack([column["repaired_by"], column["repair_start"], end, column["machine"]], axis=1)
    return rows[column["repaired_by"] >= 0]


def repair_table(program: Program, run: RunRecords) -> pd.DataFrame:
    """The repairs members began as `member`, `device_id`, `ts_start`, `ts_end`, in the times of the log."""
    member, begin, end, machine = repairs_by_members(run).T
    names = list(program.names.members)
    return pd.DataFrame(
        {
            "member": texts(names, member),
            "device_id": texts(names, machine),
            "ts_start": times(program.start_date, begin),
            "ts_end": times(program.start_date, end),
        }
    )
