"""How long people wait before they give up, from waits of which most end in being served.

Whoever is served would have waited longer: her patience is at least her wait and no more is known (a censored
observation). Averaging the waits of those who gave up therefore counts the impatient alone. Kaplan and Meier
(1958): at each wait t at which d of the n people who still waited gave up, the share of people more patient
than t is multiplied by 1 - d / n. Example: of three people one gives up after 2 minutes, one is served after
3, one gives up after 4. The share more patient than 2 minutes is 2/3, and than 4 minutes 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from simulation.calibration.distributions import MAX_QUANTILES, rounded
from simulation.calibration.evidence import Z_95, measured
from simulation.service_model import Evidence, Quantiles

MIN_STILL_WAITING = 20  # where fewer still wait the curve is taken to go on at a steady rate


@dataclass(frozen=True)
class Survival:
    """The share of people who last longer than each of `minutes` (ascending), with its standard error.

    `still_waiting` people had waited that long, `ends` of them gave up then. `censored` of the observations
    lasted longer than could be seen.
    """

    minutes: np.ndarray
    share: np.ndarray
    error: np.ndarray
    still_waiting: np.ndarray
    ends: np.ndarray
    censored: int

    @property
    def ended(self) -> int:
        """How many observations were seen to end."""
        return int(self.ends.sum())

    def beyond(self, minutes: float) -> float:
        """The share that lasts longer than this; 1 before the first end."""
        at = int(np.searchsorted(self.minutes, minutes, side="right")) - 1
        return float(self.share[at]) if at >= 0 else 1.0

    def interval(self, minutes: float) -> tuple[float, float]:
        """95 % interval of `beyond` by Greenwood's formula, within 0 and 1."""
        at = int(np.searchsorted(self.minutes, minutes, side="right")) - 1
        half = Z_95 * float(self.error[at]) if at >= 0 else 0.0
        return max(0.0, self.beyond(minutes) - half), min(1.0, self.beyond(minutes) + half)


@dataclass(frozen=True)
class CalibratedPatience:
    """The patience of a group of people; `beyond_reach` is the share of it that no wait was long enough to
    show. `minutes` is None where nobody gave up."""

    minutes: Quantiles | None
    survival: Survival
    beyond_reach: float
    evidence: Evidence


def kaplan_meier(minutes: np.ndarray, ended: np.ndarray) -> Survival:
    """The product-limit curve of these durations at each at which one ended; `ended` False = censored.

    Somebody censored at t was still there when others ended at t.
    """
    minutes, ended = np.asarray(minutes, float), np.asarray(ended, bool)
    moments, ends = np.unique(minutes[ended], return_counts=True)
    still = minutes.size - np.searchsorted(np.sort(minutes), moments, side="left")
    share = np.cumprod(1 - ends / still)
    left = np.maximum(still - ends, 1)  # where nobody is left the share is 0 and so is its error
    error = share * np.sqrt(np.cumsum(ends / (still * left)))
    return Survival(moments, share, error, still, ends, int((~ended).sum()))


def fit_patience(waited_minutes: np.ndarray, gave_up: np.ndarray) -> CalibratedPatience:
    """Patience as quantiles from everybody who waited: `gave_up` False = was served after that wait.

    Beyond the longest wait that 20 people came to, the curve goes on at the rate (of people a minute of
    waiting) at which they gave up in the later half of that wait. Returns quantiles at steps of 1 %.
    """
    survival = kaplan_meier(waited_minutes, gave_up)
    if survival.ended == 0:
        return CalibratedPatience(None, survival, 1.0, _evidence(survival, 1.0))
    waits = np.sort(np.asarray(waited_minutes, float))
    reached = float(waits[-min(MIN_STILL_WAITING, waits.size)])
    n_usable = int(np.searchsorted(survival.minutes, reached, side="right"))
    share = survival.beyond(reached)
    rate = _late_rate(waits, survival, reached)
    p = np.linspace(0, 1, MAX_QUANTILES)
    at = np.searchsorted(-survival.share[:n_usable], -(1 - p[:-1]) - 1e-12)
    seen = survival.minutes[np.minimum(at, survival.minutes.size - 1)]
    unseen = reached + np.log(np.maximum(share / (1 - p[:-1]), 1.0)) / rate
    values = np.where(at < n_usable, seen, unseen)
    values[0] = 0.0
    # half of the distance to the last point is the mean excess over the last but one: 1 / rate
    values = np.append(values, values[-1] + 2 / rate)
    quantiles = Quantiles(values_minutes=tuple(float(v) for v in np.maximum.accumulate(rounded(values))))
    return CalibratedPatience(quantiles, survival, share, _evidence(survival, share))


def _late_rate(waits: np.ndarray, survival: Survival, reached: float) -> float:
    """People who gave up per minute of waiting, in the later half of `reached`; in all of it if none did."""
    begin = reached / 2
    ends = survival.ends
    late = int(ends[survival.minutes > begin].sum())
    waiting = np.clip(waits - begin, 0, None).sum()
    if late == 0:
        return float(ends.sum() / max(waits.sum(), 1e-9))
    return float(late / waiting)


def _evidence(survival: Survival, beyond_reach: float) -> Evidence:
    note = Text(
        zh=f"{survival.ended} 人放弃、{survival.censored} 人先被服务（删失），按 Kaplan-Meier 估计；"
        f"{beyond_reach:.0%} 的人耐心长于能观察到的等待，按末段放弃速率外推。",
        en=f"{survival.ended} gave up and {survival.censored} were served first (censored); Kaplan-Meier. "
        f"{beyond_reach:.0%} are more patient than any wait could show: extrapolated at the late rate.",
    )
    return measured(survival.ended, note=note)
