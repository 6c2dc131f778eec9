"""Self-service devices: how long each was up and down, how often it failed, how fast it was repaired.

A device is in a state from one row of its log to the next, the last state until the log ends. Only scheduled
hours count: where a device's log knows `off`, all time it is not off; else the hours of the hall from first
opening to last closing. A failure begins with a row `down` that follows another state (`off` in between does
not end it), a repair ends with the next row `up`. A device whose log begins down has failed before: its hours
count, that failure does not.

MTBF = up hours / failures, MTTR = down hours / repairs, with gamma intervals (times between failures and
repair times taken as exponential). Availability = up / (up + down); its interval is that of MTTR / MTBF (F).

Example, one device, open 9 to 17: up Monday 9, down Tuesday 11, up Tuesday 15, log ends Wednesday 17: up 8 +
2 + 2 + 8 = 20 hours, down 4, one failure, one repair: availability 83.3 %, MTBF 20 h, MTTR 4 h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, gammaincinv

from mining.columns import milliseconds
from mining.event_log import DOWN, OFF, UP, EventLog
from mining.working_time import MS_PER_HOUR, WorkingCalendar


@dataclass(frozen=True)
class Reliability:
    """What the log of one or several devices adds up to; hours are scheduled ones.

    `mtbf_hours` is None without a failure, `mttr_hours` without a repair. Intervals are at 95 %.
    """

    devices: int
    up_hours: float
    down_hours: float
    failures: int
    repairs: int

    @property
    def scheduled_hours(self) -> float:
        """Hours up or down."""
        return self.up_hours + self.down_hours

    @property
    def availability(self) -> float:
        """Up / (up + down), 0 to 1."""
        return self.up_hours / self.scheduled_hours

    @property
    def availability_interval(self) -> tuple[float | None, float | None]:
        """From the ratio of mean repair time to mean time between failures; unknown without both."""
        if not (self.failures and self.repairs and self.down_hours and self.up_hours):
            return None, None
        odds = self.down_hours / self.up_hours
        low, high = (_f_quantile(p, 2 * self.repairs, 2 * self.failures) for p in (0.025, 0.975))
        return 1 / (1 + odds / low), 1 / (1 + odds / high)

    @property
    def mtbf_hours(self) -> float | None:
        """Mean scheduled hours up between failures."""
        return self.up_hours / self.failures if self.failures else None

    @property
    def mtbf_interval(self) -> tuple[float | None, float | None]:
        """Bounds of `mtbf_hours`: up hours end with the log, not with a failure (Garwood's interval)."""
        if not self.failures:
            return None, None
        return (
            self.up_hours / float(gammaincinv(self.failures + 1, 0.975)),
            self.up_hours / float(gammaincinv(self.failures, 0.025)),
        )

    @property
    def mttr_hours(self) -> float | None:
        """Mean scheduled hours down until repaired; hours of devices still down count."""
        return self.down_hours / self.repairs if self.repairs else None

    @property
    def mttr_interval(self) -> tuple[float | None, float | None]:
        """Bounds of `mttr_hours`."""
        if not self.repairs:
            return None, None
        return (
            self.down_hours / float(gammaincinv(self.repairs, 0.975)),
            self.down_hours / float(gammaincinv(self.repairs, 0.025)),
        )


def _f_quantile(p: float, d1: int, d2: int) -> float:
    """Quantile of the F distribution."""
    x = float(betaincinv(d1 / 2, d2 / 2, p))
    return d2 * x / (d1 * (1 - x))


def device_table(log: EventLog, calendar: WorkingCalendar, end_ms: int) -> pd.DataFrame:
    """One row a device: device_id, hall (missing where unknown), up_hours, down_hours, failures, repairs.

    `end_ms` is the moment the log ends. Rows without device, time or a known state are left out.
    """
    rows = log.devices
    rows = rows[rows["state"].isin([UP, DOWN, OFF]) & rows["device_id"].notna() & rows["ts"].notna()]
    rows = rows.sort_values(["device_id", "ts"], kind="stable").reset_index(drop=True)
    device, names = pd.factorize(rows["device_id"])
    begin = milliseconds(rows, "ts")
    last = np.append(device[1:] != device[:-1], True) if device.size else np.zeros(0, bool)
    end = np.where(last, max(end_ms, int(begin.max())) if begin.size else 0, np.append(begin[1:], 0))
    hours = _scheduled_hours(rows, device, begin, end, calendar)
    down, up = (rows["state"] == DOWN).to_numpy(), (rows["state"] == UP).to_numpy()
    halls = rows["hall"] if "hall" in rows.columns else pd.Series(None, index=rows.index, dtype=object)
    fails, repaired = _changes(device, down, up)
    n = len(names)
    return pd.DataFrame(
        {
            "device_id": np.asarray(names, dtype=object),
            "hall": halls.groupby(device).first().reindex(range(n)).to_numpy(dtype=object),
            "up_hours": np.bincount(device, weights=hours * up, minlength=n),
            "down_hours": np.bincount(device, weights=hours * down, minlength=n),
            "failures": np.bincount(device[fails], minlength=n),
            "repairs": np.bincount(device[repaired], minlength=n),
        }
    )


def _scheduled_hours(
    rows: pd.DataFrame, device: np.ndarray, begin: np.ndarray, end: np.ndarray, calendar: WorkingCalendar
) -> np.ndarray:
    knows_off = np.isin(device, device[(rows["state"] == OFF).to_numpy()])
    open_ms = calendar.envelope().working_ms_between(begin, end)
    return np.where(knows_off, end - begin, open_ms) / MS_PER_HOUR


def _changes(device: np.ndarray, down: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the rows with which a failure begins, and of those with which a repair ends."""
    at = np.flatnonzero(down | up)
    before, after = at[:-1], at[1:]
    same = device[before] == device[after]
    return after[same & up[before] & down[after]], after[same & down[before] & up[after]]


def reliability(devices: pd.DataFrame) -> Reliability:
    """These rows of `device_table` taken together."""
    return Reliability(
        devices=len(devices),
        up_hours=float(devices["up_hours"].sum()),
        down_hours=float(devices["down_hours"].sum()),
        failures=int(devices["failures"].sum()),
        repairs=int(devices["repairs"].sum()),
    )
