"""Self-service machines: when they ran, when they were broken, when the hall was closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import DEVICE_COLUMNS as COLUMNS
from mining.event_log import DOWN, OFF, TIME_DTYPE, UP, EventLog
from mining.working_time import MS_PER_HOUR
from sample_logs.noise import uniforms
from sample_logs.plan import Kiosk
from sample_logs.planting.setting import Setting, milliseconds, moments

FIRST_FILE_ROW = 2


def write_kiosks(log: EventLog, setting: Setting) -> EventLog:
    """The log of each machine: a row whenever its state changes, times in open hours.

    Hours between failures and to repair are exponential; a machine is off while the hall is closed.
    """
    parts = [_machine(kiosk, setting) for kiosk in setting.planted.kiosks]
    if not parts:
        return log
    table = pd.concat(parts).sort_values(["ts", "device_id"], kind="stable", ignore_index=True)
    table["file_row"] = table.index + FIRST_FILE_ROW
    return replace(log, devices=table[[name for name in COLUMNS if name in table.columns]])


def _machine(kiosk: Kiosk, setting: Setting) -> pd.DataFrame:
    begin = int(np.datetime64(setting.model.start_date, "ms").astype("int64"))
    open_hours = setting.calendar.envelope().intervals(begin, int(milliseconds(pd.Series([setting.ends]))[0]))
    inside = (open_hours.begin_ms >= begin) & (
        open_hours.end_ms <= milliseconds(pd.Series([setting.ends]))[0]
    )
    opens, closes = open_hours.begin_ms[inside], open_hours.end_ms[inside]
    changes = _failures(kiosk, setting, int((closes - opens).sum()))
    before = np.concatenate([[0], np.cumsum(closes - opens)])
    day = np.clip(np.searchsorted(before, changes, side="right") - 1, 0, opens.size - 1)
    moment = opens[day] + changes - before[day]
    # an even number of changes so far: it runs
    runs_at_opening = np.searchsorted(changes, before[:-1], side="right") % 2 == 0
    table = pd.DataFrame(
        {
            "ts": np.concatenate([opens, closes, moment]),
            "state": np.concatenate(
                [
                    np.where(runs_at_opening, UP, DOWN),
                    np.full(closes.size, OFF),
                    np.where(np.arange(changes.size) % 2 == 0, DOWN, UP),
                ]
            ),
        }
    )
    table = table.assign(
        device_id=kiosk.device, ts=pd.Series(moments(table["ts"].to_numpy())).astype(TIME_DTYPE)
    )
    return table.sort_values("ts", kind="stable")


def _failures(kiosk: Kiosk, setting: Setting, open_ms: int) -> np.ndarray:
    """Open milliseconds at which the machine breaks, is repaired, breaks, ..."""
    hours = open_ms / MS_PER_HOUR
    n = 2 * int(10 + 4 * hours / (kiosk.hours_between_failures + kiosk.hours_to_repair))
    u = uniforms(setting.seed, f"kiosk/{kiosk.device}", pd.Series(np.arange(n)))
    mean = np.where(np.arange(n) % 2 == 0, kiosk.hours_between_failures, kiosk.hours_to_repair)
    changes = np.cumsum(-mean * np.log1p(-u) * MS_PER_HOUR).astype("int64")
    return changes[changes < open_ms]


def true_kiosks(log: EventLog, setting: Setting) -> dict[str, object]:
    """Hours each machine ran and was broken in the log, and its availability."""
    found: dict[str, object] = {}
    for device, rows in log.devices.groupby("device_id"):
        until = rows["ts"].shift(-1)
        hours = (until - rows["ts"]).dt.total_seconds().fillna(0) / 3600
        up, down = (float(hours[rows["state"] == state].sum()) for state in (UP, DOWN))
        found[str(device)] = {
            "hours_up": round(up, 2),
            "hours_down": round(down, 2),
            "availability": round(up / (up + down), 4),
        }
    return found
