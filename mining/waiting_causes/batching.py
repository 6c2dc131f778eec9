"""Batching: an officer lets instances of a step pile up, then does them together or one after the other.

A batch is a run of at least two instances of one step that the same officer starts together or back to back
(no other work between, at most `MAX_GAP_MINUTES` of the officer's hours), all of which were enabled when the
first one starts. That alone is any queue, and at a counter, where people stand, never more than that. It is a
batch only if

- the officer let it pile up: between the first enabled time and the first start the officer had, inside his
  or her hours and with nothing in hand, the time to do one instance (the step's median, `MIN_FREE_MINUTES` at
  least); or the first one lay at all and all are begun within `TOGETHER_MINUTES` and worked on at once, which
  no queue does;
- it clears the pile: `MIN_CLEARED` of the instances of the step that were waiting for the officer;
- no more than `MAX_OVERTAKEN` of its instances saw the officer begin one before the batch that was enabled
  later: who does single ones meanwhile lets nothing pile up, the others were not ready; and
- the step does so habitually: in `MIN_BATCHES` batches that hold `MIN_SHARE` of its instances.

Waiting by batching is enabled to first start of the batch: until the last of it was enabled (piling up), then
until it fires. Example: A enabled 9:00, B 9:30, C 10:00; all three started at 11:00 by somebody with nothing
else to do: A waits 120 minutes by batching, 60 of them for C.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS
from mining.officer_hours import NOBODY, OfficerHours
from mining.waiting_causes.clocks import Clock
from mining.waiting_causes.range_sums import first_above, sums_between
from mining.waiting_causes.timeline import Services, lay_out
from mining.working_time import MS_PER_MINUTE

MAX_GAP_MINUTES = 5
MIN_FREE_MINUTES = 5
TOGETHER_MINUTES = 1
MIN_CLEARED = 0.8
MAX_OVERTAKEN = 0.2
MIN_BATCHES = 5
MIN_SHARE = 0.1
NO_BATCH = -1


@dataclass(frozen=True)
class Batches:
    """`batch`: code of the batch an event belongs to, -1 for none. By batch: when its last instance was
    enabled (`full_ms`) and when its first one started (`fired_ms`)."""

    batch: np.ndarray
    full_ms: np.ndarray
    fired_ms: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Instances of each batch."""
        return np.bincount(self.batch[self.batch != NO_BATCH], minlength=self.fired_ms.size)


def find_batches(step: np.ndarray, services: Services, hours: OfficerHours) -> Batches:
    """The batches among services (one value a service; an officer of -1 did nothing we know of)."""
    order = np.lexsort((services.end_ms, services.start_ms, services.officer))
    order = order[services.officer[order] != NOBODY]
    runs = _runs(step[order], _part(services, order), hours)
    batch = np.full(step.size, NO_BATCH, "int64")
    if runs.any():
        batch[order] = _habitual(_let_pile_up(runs, step[order], _part(services, order), hours), step[order])
    members = np.flatnonzero(batch != NO_BATCH)
    n = int(batch.max(initial=NO_BATCH)) + 1
    full, fired = np.full(n, UNKNOWN_MS, "int64"), np.full(n, np.iinfo("int64").max, "int64")
    np.maximum.at(full, batch[members], services.enabled_ms[members])
    np.minimum.at(fired, batch[members], services.start_ms[members])
    return Batches(batch, full, fired)


def _part(services: Services, at: np.ndarray) -> Services:
    return Services(services.officer[at], services.start_ms[at], services.end_ms[at], services.enabled_ms[at])


def _runs(step: np.ndarray, done: Services, hours: OfficerHours) -> np.ndarray:
    """For services in the order of officer and start: whether each continues the batch of the one before."""
    n = step.size
    if n < 2:
        return np.zeros(n, bool)
    free_from = _busy_until(done)
    gap = hours.open_until(done.officer[1:], np.maximum(done.start_ms[1:], free_from[:-1]))
    gap -= hours.open_until(done.officer[:-1], free_from[:-1])
    known = done.enabled_ms != UNKNOWN_MS
    linked = np.zeros(n, bool)
    linked[1:] = (
        (done.officer[1:] == done.officer[:-1])
        & (step[1:] == step[:-1])
        & (known[1:] & known[:-1])
        & (done.enabled_ms[1:] <= done.start_ms[:-1])
        & (gap <= MAX_GAP_MINUTES * MS_PER_MINUTE)
    )
    return linked & ~_begins_anew(linked, done)


def _busy_until(done: Services) -> np.ndarray:
    """The latest end of what each officer began up to each service."""
    lowest = int(done.end_ms.min())
    span = int(done.end_ms.max()) - lowest + 1
    return np.maximum.accumulate(done.officer * span + done.end_ms - lowest) % span + lowest


def _begins_anew(linked: np.ndarray, done: Services) -> np.ndarray:
    """Where a run is cut: at the first instance enabled only after the run's first start, and so on.

    From each service the place of the next cut is found, then the cuts are followed from the first service of
    each run, doubling the stride each time.
    """
    n = linked.size
    # a service that is not linked can never be passed
    latest = np.where(linked, done.enabled_ms, np.iinfo("int64").max)
    next_cut = first_above(latest, np.arange(1, n + 1), done.start_ms)
    anew = ~linked
    while True:
        reached = anew.copy()
        targets = next_cut[np.flatnonzero(anew)]
        reached[targets[targets < n]] = True
        if np.array_equal(reached, anew):
            return anew & linked
        anew = reached
        jump = np.append(next_cut, n)
        next_cut = jump[next_cut]


def _let_pile_up(joined: np.ndarray, step: np.ndarray, done: Services, hours: OfficerHours) -> np.ndarray:
    """Code of the batch of each service, -1 where the officer had no time before, or left much lying."""
    run = np.cumsum(~joined) - 1
    n = int(run[-1]) + 1
    size = np.bincount(run, minlength=n)
    firsts = np.flatnonzero(~joined)
    fired = done.start_ms[firsts]
    enabled = np.where(done.enabled_ms == UNKNOWN_MS, done.start_ms, done.enabled_ms)
    first_enabled = np.minimum(np.minimum.reduceat(enabled, firsts), fired)
    candidates = np.flatnonzero(size >= 2)
    who = done.officer[firsts[candidates]]
    free = _free_ms(done, hours, who, first_enabled[candidates], fired[candidates])
    needed = np.maximum(_median_work(step, done), MIN_FREE_MINUTES * MS_PER_MINUTE)[step[firsts[candidates]]]
    pending = _pending(step, done, enabled, firsts[candidates])
    lay = fired[candidates] - first_enabled[candidates] >= MIN_FREE_MINUTES * MS_PER_MINUTE
    piled_up = (free >= needed) | (_at_once(done, firsts, size)[candidates] & lay)
    overtaken = np.bincount(run, _overtaken(step, done, firsts, run), minlength=n)[candidates]
    in_turn = overtaken <= MAX_OVERTAKEN * size[candidates]
    keep = candidates[piled_up & in_turn & (size[candidates] >= MIN_CLEARED * pending)]
    code = np.full(n, NO_BATCH, "int64")
    code[keep] = np.arange(keep.size)
    return code[run]


def _at_once(done: Services, firsts: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Whether the instances of each run begin within a minute, and before any of them is done."""
    last_start = done.start_ms[firsts + size - 1]
    first_end = np.minimum.reduceat(done.end_ms, firsts)
    return (last_start - done.start_ms[firsts] <= TOGETHER_MINUTES * MS_PER_MINUTE) & (last_start < first_end)


def _free_ms(
    done: Services, hours: OfficerHours, officer: np.ndarray, begin: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Time of the officer's hours with nothing in hand from begin to end."""
    line = lay_out(done, hours, np.tile(officer, 2), np.concatenate([begin, end]))
    free = (line.open_ms[Clock.ELAPSED] * line.idle)[None]
    return sums_between(free, line.place(officer, begin), line.place(officer, end))[0]


def _median_work(step: np.ndarray, done: Services) -> np.ndarray:
    order = np.lexsort((done.end_ms - done.start_ms, step))
    counts = np.bincount(step)
    middle = np.cumsum(counts) - counts + np.maximum(counts - 1, 0) // 2
    work = (done.end_ms - done.start_ms)[order]
    return np.where(counts > 0, work[np.minimum(middle, work.size - 1)], 0)


def _pending(step: np.ndarray, done: Services, enabled: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    """Instances of the same step and officer that were enabled, and not begun, when the batch fired."""
    group = done.officer * (int(step.max()) + 1) + step
    lowest = int(min(enabled.min(), done.start_ms.min()))
    span = int(max(enabled.max(), done.start_ms.max())) - lowest + 1
    asked = group[firsts] * span + done.start_ms[firsts] - lowest
    come = np.searchsorted(
        np.sort(group * span + np.minimum(enabled, done.start_ms) - lowest), asked, "right"
    )
    begun = np.searchsorted(np.sort(group * span + done.start_ms - lowest), asked, "left")
    return come - begun


def _overtaken(step: np.ndarray, done: Services, firsts: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Whether the officer began an instance of the step that was enabled later before the run of each."""
    group = done.officer * (int(step.max()) + 1) + step
    order = np.argsort(group, kind="stable")  # of one group by start
    lowest = int(done.enabled_ms[done.enabled_ms != UNKNOWN_MS].min(initial=0))
    since = np.where(done.enabled_ms == UNKNOWN_MS, 0, done.enabled_ms - lowest + 1)
    span = int(since.max()) + 1
    latest = np.maximum.accumulate(group[order] * span + since[order])
    before = np.zeros(step.size, "int64")
    before[order[1:]] = np.where(group[order][1:] == group[order][:-1], latest[:-1] % span, 0)
    return since < before[firsts[run]]


def _habitual(batch: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Batches of steps that have enough of them, numbered anew."""
    members = np.flatnonzero(batch != NO_BATCH)
    n_steps = int(step.max()) + 1
    instances = np.bincount(step, minlength=n_steps)
    batched = np.bincount(step[members], minlength=n_steps)
    _, first = np.unique(batch[members], return_index=True)
    batches = np.bincount(step[members[first]], minlength=n_steps)
    habit = (batches >= MIN_BATCHES) & (batched >= MIN_SHARE * instances)
    kept = habit[step[members]]
    found = np.full(batch.size, NO_BATCH, "int64")
    found[members[kept]] = np.unique(batch[members[kept]], return_inverse=True)[1]
    return found
