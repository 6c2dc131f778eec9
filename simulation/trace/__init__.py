"""Traces of a simulated run: one case through the hall, one counter over a day, one queue.

Pure and computed from the records alone, so a doubter can check each against the log of the run.
"""

from simulation.trace.cases import case_trace
from simulation.trace.counters import CounterDay, CounterInterval, CounterState, counter_day, hall_day
from simulation.trace.picks import CaseFigures, case_figures, pick_cases
from simulation.trace.queues import Ahead, QueueDay, ahead_of, queue_day, waiting_at
from simulation.trace.story import CaseTrace, Entry, EntryKind
from simulation.trace.waits import MemberThen, WaitCause, causes_of_wait, staff_at
from simulation.trace.watched_run import WatchedRun

__all__ = [
    "Ahead",
    "CaseFigures",
    "CaseTrace",
    "CounterDay",
    "CounterInterval",
    "CounterState",
    "Entry",
    "EntryKind",
    "MemberThen",
    "QueueDay",
    "WaitCause",
    "WatchedRun",
    "ahead_of",
    "case_figures",
    "case_trace",
    "causes_of_wait",
    "counter_day",
    "hall_day",
    "pick_cases",
    "queue_day",
    "staff_at",
    "waiting_at",
]
