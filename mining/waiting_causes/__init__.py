"""Causes of waiting: the wait of each event, [enabled, start], split into five causes that sum to it.

Resolved in this order, each minus the earlier ones, seen from the officer who ended the wait. What lies
before the last time that officer was free is extraneous (`release`); causes 2 to 4 are looked for after it.

1. batching: the work was left to pile up, and done with others of its kind (`batching`);
2. contention: the officer was busy with work that could begin no later (`contention`);
3. prioritization: the officer was busy with work that could begin only later (`prioritization`);
4. unavailability: the officer was off, by his or her own hours (`unavailability`);
5. extraneous: the officer was there and free, or had been before the work was begun (`extraneous`).

After Lashkevich et al., "Why am I waiting? Data-driven analysis of waiting times in business processes"
(CAiSE 2023), with a batch only where the officer could have begun before. Where nobody is
known to have done the work, or a name stands for several people at once, the causes are not told: the log
does not say who was busy.

Example: enabled 11:00, started 13:10. The officer did work that came before until 11:40 and work that came at
11:10 until 12:00, was at lunch until 13:00, and then free for 10 minutes: contention 40, prioritization 20,
unavailability 60, extraneous 10 minutes. Free for 30 minutes instead, nothing before would have mattered:
extraneous 150 minutes.
"""

from mining.waiting_causes.split import Cause, WaitingCauses, split_waits

__all__ = ["Cause", "WaitingCauses", "split_waits"]
