"""Who does what, and how many: pools of steps that share officers, with as many members as are present.

Steps belong to one pool when their work is spread over the same officers (cosine of their officer profiles
at least 0.5, and the same department where one does at least 80 % of the step). A pool gets as many members
as distinct officers were active in it on an average working day, counting an officer who served several
pools that day in parts: someone who works three days of ninety adds no full member. Members are the busiest
officers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.calibration.clock import WorkingClock
from simulation.calibration.evidence import measured
from simulation.calibration.grouping import group_steps
from simulation.calibration.observations import UNKNOWN_CODE, Observations
from simulation.service_model import Evidence

MAX_UTILISATION = 0.85  # a first estimate above this would queue without end: members are added
MIN_EXTRA_SHARE = 0.10  # an officer also serves a pool that takes this share of the officer's events
NO_POOL = -1


@dataclass(frozen=True)
class CalibratedPool:
    """A pool: its steps, its members and how busy they are."""

    name: str
    steps: tuple[int, ...]
    n_members: int
    home_officers: tuple[int, ...]  # members whose main pool this is, the busiest first
    n_visitors: int  # members of other pools who serve this one too
    presence: float  # distinct officers a working day
    utilisation: float  # work of the pool / open time of its members
    evidence: Evidence


@dataclass(frozen=True)
class Staffing:
    """Pools, and the pool of each step and each event (NO_POOL where nobody is named)."""

    pools: tuple[CalibratedPool, ...]
    pool_of_step: np.ndarray
    serves: dict[int, tuple[int, ...]]  # officer code -> pools, the main one first


def calibrate_staffing(
    observed: Observations, minutes: np.ndarray, departments: list[str | None], clock: WorkingClock
) -> Staffing:
    """Pools and members from who did what; steps without officers or without work have no pool."""
    pool_of_step, names = _pools_of_steps(observed, minutes, departments)
    pool = pool_of_step[observed.step]
    pool = np.where(observed.officer == UNKNOWN_CODE, NO_POOL, pool)
    n_pools, n_officers = len(names), len(observed.officer_names)
    work = _table(pool, observed.officer, n_pools, n_officers)
    home = np.where(work.sum(axis=0) > 0, work.argmax(axis=0), NO_POOL) if n_pools else np.zeros(0, int)
    sizes = [_size(observed, minutes, pool, pool_of_step, code, clock) for code in range(n_pools)]
    homes = [
        tuple(int(o) for o in np.argsort(-work[code], kind="stable") if home[o] == code)[: size.members]
        for code, size in enumerate(sizes)
    ]
    serves = _serves(work, homes, [size.members for size in sizes])
    pools = tuple(
        CalibratedPool(
            name=names[code],
            steps=tuple(int(s) for s in np.flatnonzero(pool_of_step == code)),
            n_members=size.members,
            home_officers=homes[code],
            n_visitors=sum(code in pools[1:] for pools in serves.values()),
            presence=size.presence,
            utilisation=size.load / size.members,
            evidence=_evidence(size),
        )
        for code, size in enumerate(sizes)
    )
    return Staffing(pools, pool_of_step, serves)


@dataclass(frozen=True)
class _Size:
    """How large a pool is, and why."""

    events: int
    presence: float
    load: float
    members: int
    notes: tuple[str, ...]


def _size(
    observed: Observations,
    minutes: np.ndarray,
    pool: np.ndarray,
    pool_of_step: np.ndarray,
    code: int,
    clock: WorkingClock,
) -> _Size:
    """Members of a pool: as many as officers are present, more where that cannot do the work."""
    of_pool = np.flatnonzero(pool_of_step[observed.step] == code)
    presence = _presence(observed, pool, code)
    load = _load_per_day(observed, minutes, of_pool, clock)
    members, notes = max(1, round(presence)), []
    at_once = round(presence * _cases_at_once(observed, of_pool, clock))
    if at_once > members:
        members, notes = at_once, ["at once"]
    needed = int(np.ceil(load / MAX_UTILISATION))
    if needed > members:
        members, notes = needed, [*notes, "utilisation"]
    return _Size(int(of_pool.size), presence, load, members, tuple(notes))


def full_ms(observed: Observations, staffing: Staffing, clock: WorkingClock, pool: int) -> FullTime:
    """The working time during which all members of a pool were busy, as a clock."""
    of_pool = np.flatnonzero(staffing.pool_of_step[observed.step] == pool)
    start = clock.worked(observed.start_ms[of_pool])
    end = clock.worked(observed.end_ms[of_pool])
    moments = np.concatenate([start, end])
    change = np.concatenate([np.ones(start.size, "int64"), -np.ones(end.size, "int64")])
    order = np.lexsort((change, moments))
    moments, active = moments[order], np.cumsum(change[order])
    full = active >= staffing.pools[pool].n_members
    lengths = np.diff(moments, append=moments[-1:])
    before = np.concatenate([[0], np.cumsum(np.where(full, lengths, 0))])[:-1]
    return FullTime(moments, before, full)


@dataclass(frozen=True)
class FullTime:
    """Accumulated working time during which a pool was full, at each change of its work."""

    moments: np.ndarray
    before: np.ndarray
    full: np.ndarray

    def until(self, worked_ms: np.ndarray) -> np.ndarray:
        """Full time before each moment of the working clock."""
        index = np.searchsorted(self.moments, worked_ms, side="right") - 1
        inside = np.maximum(index, 0)
        since = np.where(self.full[inside], worked_ms - self.moments[inside], 0)
        return np.where(index < 0, 0, self.before[inside] + since)


def _pools_of_steps(
    observed: Observations, minutes: np.ndarray, departments: list[str | None]
) -> tuple[np.ndarray, list[str]]:
    """Pool code of each step, and the pools' names."""
    n_steps = len(observed.step_names)
    known = observed.officer != UNKNOWN_CODE
    if not observed.officer_names or not known.any():
        return np.full(n_steps, NO_POOL), []
    profile = _table(observed.step[known], observed.officer[known], n_steps, len(observed.officer_names))
    worked = np.bincount(observed.step, minutes, minlength=n_steps) > 0
    named = profile.sum(axis=1) >= 0.5 * np.bincount(observed.step, minlength=n_steps)
    pool_of_step, groups = group_steps(profile, worked & named, departments)
    names: list[str] = []
    for group in groups:
        dept = departments[group[0]]
        lead = group[int(np.argmax(profile[group].sum(axis=1)))]
        base = dept if dept and dept not in names else observed.step_names[lead]
        names.append(base if base not in names else f"{base} {len(names) + 1}")
    return pool_of_step, names


def _table(rows: np.ndarray, columns: np.ndarray, n_rows: int, n_columns: int) -> np.ndarray:
    """Counts of (row, column) pairs; negative codes are left out."""
    keep = (rows >= 0) & (columns >= 0)
    codes = rows[keep] * max(n_columns, 1) + columns[keep]
    return np.bincount(codes, minlength=n_rows * n_columns).reshape(n_rows, n_columns)


def _presence(observed: Observations, pool: np.ndarray, code: int) -> float:
    """Officers active in the pool on a day it works, an officer of several pools counted in parts."""
    known = pool != NO_POOL
    day = observed.end_ms[known] // MS_PER_DAY
    officer_day = (day - day.min()) * (len(observed.officer_names) + 1) + observed.officer[known]
    _, index, events = np.unique(officer_day, return_inverse=True, return_counts=True)
    mine = pool[known] == code
    if not mine.any():
        return 0.0
    return float((1.0 / events[index[mine]]).sum() / np.unique(day[mine]).size)


def _load_per_day(
    observed: Observations, minutes: np.ndarray, of_pool: np.ndarray, clock: WorkingClock
) -> float:
    """Members' worth of work the pool gets: work minutes / open minutes between its first and last event."""
    if of_pool.size == 0:
        return 0.0
    first = np.array([observed.start_ms[of_pool].min()])
    last = np.array([observed.end_ms[of_pool].max()])
    day_end = (last // MS_PER_DAY + 1) * MS_PER_DAY
    open_minutes = float(clock.between(first // MS_PER_DAY * MS_PER_DAY, day_end)[0]) / MS_PER_MINUTE
    return float(minutes[of_pool].sum()) / max(open_minutes, 1.0)


def _cases_at_once(observed: Observations, of_pool: np.ndarray, clock: WorkingClock) -> float:
    """Cases a busy officer has in work at the same time, on average: time of all work over time at work."""
    officer = observed.officer[of_pool]
    of_pool, officer = of_pool[officer != UNKNOWN_CODE], officer[officer != UNKNOWN_CODE]
    start, end = clock.worked(observed.start_ms[of_pool]), clock.worked(observed.end_ms[of_pool])
    if of_pool.size == 0 or (end - start).sum() == 0:
        return 1.0
    order = np.lexsort((start, officer))
    # officers one after another on one time line: their intervals cannot meet
    shift = officer[order] * (int(end.max() - start.min()) + 1)
    start, end = start[order] + shift, end[order] + shift
    covered = np.maximum.accumulate(np.append(start[:1], end[:-1]))
    at_work = np.maximum(end - np.maximum(start, covered), 0).sum()
    return float((end - start).sum() / at_work)


def _serves(work: np.ndarray, homes: list[tuple[int, ...]], members: list[int]) -> dict[int, tuple[int, ...]]:
    """The pools each member serves: the main one, those that take a tenth of the member's events, and
    pools that have too few members of their own, by how much the member did there."""
    home_of = {officer: code for code, officers in enumerate(homes) for officer in officers}
    serves = {}
    for officer, code in home_of.items():
        share = work[:, officer] / work[:, officer].sum()
        serves[officer] = (code, *(int(p) for p in np.flatnonzero(share >= MIN_EXTRA_SHARE) if p != code))
    for code, size in enumerate(members):
        missing = size - sum(code in pools for pools in serves.values())
        helpers = [
            int(o) for o in np.argsort(-work[code], kind="stable") if work[code, o] > 0 and o in home_of
        ]
        for officer in [o for o in helpers if code not in serves[o]][: max(missing, 0)]:
            serves[officer] = (*serves[officer], code)
    return serves


def _evidence(size: _Size) -> Evidence:
    used = size.load / size.members
    zh = f"每个工作日平均 {size.presence:.1f} 人在岗，工作量相当于 {size.load:.2f} 人，利用率 {used:.0%}。"
    en = (
        f"{size.presence:.1f} officers active on an average day, work for {size.load:.2f}, "
        f"utilisation {used:.0%}."
    )
    if "at once" in size.notes:
        zh += "有人同时办多件，人数按同时在办件数上调。"
        en += " Raised because officers have several cases in work at once."
    if "utilisation" in size.notes:
        zh += f"人数上调，使利用率不超过 {MAX_UTILISATION:.0%}。"
        en += f" Raised so that utilisation stays below {MAX_UTILISATION:.0%}."
    interval = (round(size.presence, 3), round(max(size.presence, size.members), 3))
    return measured(size.events, interval, Text(zh=zh, en=en))
