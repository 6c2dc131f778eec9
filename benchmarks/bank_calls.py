"""The calls of the bank month as the project reads them: what about, how long they waited, who served them.

Left out, and counted: calls that hung up in the voice menu before they joined the queue; calls that the log
ends as PHANTOM or as served by nobody (they reach an answer of some seconds that took no agent's time); calls
without their times.

Priority is known only of calls that waited: those served at once bear priority 0 and no customer. They are
given the priorities of those of their type and part of the day that waited, in proportion (drawn by seed).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from mining.columns import UNKNOWN_MS, milliseconds
from mining.event_log import TICKET_ABANDONED, EventLog
from mining.reading import read_event_log
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE

FILE = Path("queue") / "anonymous_bank_august1999.csv.gz"
COLUMNS = """
tickets:
  ticket_no: call_id
  date: date
  ts_ticket: [q_start, vru_exit]
  ts_left: [q_exit, vru_exit]
  ts_start: ser_start
  ts_end: ser_exit
  business: type
  officer: server
  priority: priority
  status: outcome
zero_clock: none
values:
  status: {AGENT: 完成, HANG: 弃号}
  officer: {NO_SERVER: ""}
not_personal: officer
"""
MIN_WAITED = 100  # calls of a class that waited: fewer tell nothing about their patience
NIGHT_MS = 21 * MS_PER_HOUR  # from then on calls are shorter: few agents, other questions
SEED = 1


@dataclass(frozen=True)
class CallClass:
    """A type of call with one priority (2 is served first), by day or at night."""

    kind: str
    priority: int
    night: bool = False

    @property
    def step(self) -> str:
        """What is done for it, e.g. "PS" or "PS night"."""
        return f"{self.kind} night" if self.night else self.kind

    @property
    def name(self) -> str:
        """E.g. "PS-2" or "PS-2 night"."""
        return f"{self.kind}-{self.priority}{' night' if self.night else ''}"


@dataclass(frozen=True)
class Calls:
    """The calls that joined the queue or were served at once, in order of arrival; times in ms since 1970.

    `of_class` codes `classes`, `officer` codes `officers` (-1: gave up), `served_ms` is 0 where given up.
    `left_out` says what is not here, by reason.
    """

    classes: tuple[CallClass, ...]
    officers: tuple[str, ...]
    of_class: np.ndarray
    came_ms: np.ndarray
    waited_ms: np.ndarray
    served_ms: np.ndarray
    officer: np.ndarray
    left_out: dict[str, int]

    @property
    def gave_up(self) -> np.ndarray:
        """Who hung up while waiting."""
        return self.officer < 0

    @property
    def kind(self) -> np.ndarray:
        """Type of each call."""
        return np.array([each.kind for each in self.classes])[self.of_class]

    @property
    def step(self) -> np.ndarray:
        """What is done for each call (`CallClass.step`)."""
        return np.array([each.step for each in self.classes])[self.of_class]

    @property
    def days(self) -> np.ndarray:
        """Numbers of the days with calls, since 1970."""
        return np.unique(self.came_ms // MS_PER_DAY)

    def where(self, keep: np.ndarray) -> Calls:
        """Some of the calls."""
        arrays = ("of_class", "came_ms", "waited_ms", "served_ms", "officer")
        chosen = {name: getattr(self, name)[keep] for name in arrays}
        return Calls(self.classes, self.officers, left_out=self.left_out, **chosen)


def read_calls(data: Path) -> Calls:
    """The calls of the month below the folder of real logs; raises `LogError` as reading a log does."""
    with tempfile.TemporaryDirectory() as folder:
        columns = Path(folder) / "bank.yaml"
        columns.write_text(COLUMNS, encoding="utf-8")
        return calls_of(read_event_log(data / FILE, columns))


def calls_of(log: EventLog) -> Calls:
    """The calls of the log's tickets."""
    tickets = log.tickets
    came, call, start, end = (
        milliseconds(tickets, name) for name in ("ts_ticket", "ts_call", "ts_start", "ts_end")
    )
    gone = (tickets["status"] == TICKET_ABANDONED).to_numpy(dtype=bool)
    nobody = tickets["officer"].isna().to_numpy()
    left = np.where(gone, end, call)
    times = (came != UNKNOWN_MS) & (left != UNKNOWN_MS) & (gone | (start != UNKNOWN_MS) & (end >= start))
    reasons = {
        "hung up in the voice menu": gone & (left <= came),
        "answered by nobody": ~gone & nobody,
        "without times": ~times,
    }
    keep, left_out = np.ones(len(tickets), bool), {}
    for reason, mask in reasons.items():
        left_out[reason] = int((mask & keep).sum())
        keep &= ~mask
    waited = np.maximum(left - came, 0)[keep]
    rows = tickets[keep]
    classes, of_class = _classes(rows, waited, came[keep] % MS_PER_DAY >= NIGHT_MS)
    officer, officers = pd.factorize(rows["officer"].astype("object"), sort=True)
    order = np.argsort(came[keep], kind="stable")
    return Calls(
        classes=classes,
        officers=tuple(str(name) for name in officers),
        of_class=of_class[order],
        came_ms=came[keep][order],
        waited_ms=waited[order],
        served_ms=np.where(gone, 0, end - start)[keep][order],
        officer=np.where(gone[keep], -1, officer)[order],
        left_out=left_out,
    )


def _classes(
    rows: pd.DataFrame, waited_ms: np.ndarray, night: np.ndarray
) -> tuple[tuple[CallClass, ...], np.ndarray]:
    """Types by part of the day and priority. Nights and priorities of which too few waited count with the
    day and with the largest priority of their type."""
    kinds = rows["business"].to_numpy(dtype=object).astype(str)
    priority = rows["priority"].astype(int).to_numpy()
    random = np.random.default_rng(SEED)
    classes: list[CallClass] = []
    code = np.zeros(kinds.size, "int64")
    for kind in np.unique(kinds):
        at_night = night & ((night & (kinds == kind) & (waited_ms > 0)).sum() >= MIN_WAITED)
        for late in (False, True):
            members = (kinds == kind) & (at_night == late)
            if members.any():
                large, own = _priorities(priority[members], waited_ms[members] > 0, random)
                code[members] = len(classes) + np.searchsorted(large, own)
                classes += [CallClass(str(kind), int(each), late) for each in large]
    return tuple(classes), code


def _priorities(
    priority: np.ndarray, waited: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The priorities kept, and that of each call of a type."""
    n = np.bincount(priority[waited], minlength=3)
    large = np.flatnonzero(n >= MIN_WAITED)
    large = large if large.size else np.array([int(n.argmax())])
    own = np.where(np.isin(priority, large), priority, large[n[large].argmax()])
    unknown = ~waited & (priority == 0)
    own[unknown] = random.choice(large, int(unknown.sum()), p=n[large] / n[large].sum())
    return large, own


def nights_like_days(calls: Calls) -> Calls:
    """The calls of the night in classes of the day: of their priority, else the largest of the type."""
    size = np.bincount(calls.of_class, minlength=len(calls.classes))
    by_day = []
    for each in calls.classes:
        of_kind = [k for k, other in enumerate(calls.classes) if other.kind == each.kind and not other.night]
        alike = [k for k in of_kind if calls.classes[k].priority == each.priority]
        by_day.append(max(alike or of_kind, key=lambda number: size[number]))
    merged = np.array(by_day)[calls.of_class]
    kept, of_class = np.unique(merged, return_inverse=True)
    return replace(calls, classes=tuple(calls.classes[k] for k in kept), of_class=of_class)


def minutes(ms: np.ndarray) -> np.ndarray:
    """Milliseconds as minutes."""
    return ms / MS_PER_MINUTE
