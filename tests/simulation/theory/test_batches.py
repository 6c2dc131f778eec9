"""Work that comes in batches."""

from __future__ import annotations

from typing import Any

import queueing_formulas as theory
from queueing_halls import ALWAYS, Observation, exponential, members, observe, people, round_the_clock


def test_arrivals_in_batches(agrees):
    """A case sends three papers to one desk at once: M/M/1 with arrivals in batches of three."""
    batches, size = 0.25, 3
    names = [f"第{n}份" for n in range(size)]
    papers = [
        {"name": name, "place": "back_office", "pool": "科室", "duration": exponential(1)} for name in names
    ]
    hall = round_the_clock(
        papers, members("科室", 1), [people(batches)], {"parallel": [{"step": name} for name in names]}
    )

    def measures(seen: Observation) -> list[float]:
        return [seen.mean_number(seen.at_station()), seen.minutes(seen.waiting()).mean()]

    values = observe(hall, measures, days=80, seed=18).T
    number = theory.mean_number_with_batch_arrivals(batches, size, 1.0)
    agrees("M/M/1, batches of 3: mean number inside", values[0], number)
    agrees("M/M/1, batches of 3: mean wait", values[1], number / (batches * size) - 1)


def test_papers_gathered_until_three_are_there(agrees):
    """Three at a time are one piece of work: E_3/M/1 for the batch, and before it the wait for the others."""
    arrivals, size, minutes = 0.6, 3, 3.0
    hall = _gathering(exponential(minutes), arrivals, {"size": size, "together": True}, members("科室", 1))

    def measures(seen: Observation) -> list[float]:
        return [seen.minutes(seen.gathering()).mean(), seen.minutes(seen.released()).mean()]

    values = observe(hall, measures, days=60, seed=19).T
    agrees("batches of 3: wait for the batch", values[0], theory.mean_wait_for_a_full_batch(arrivals, size))
    wait = theory.mean_wait_of_full_batches(arrivals, size, 1 / minutes)
    agrees("E_3/M/1: wait of a full batch", values[1], wait)


def test_papers_let_go_every_hour(agrees):
    """Who comes at random waits for the next full hour for a time uniform over the hour."""
    hours = [f"{hour:02d}:00" for hour in range(24)]
    hall = _gathering(exponential(1), 0.2, {"weekly": dict.fromkeys(ALWAYS, hours)}, [])

    def measures(seen: Observation) -> list[float]:
        minutes = seen.minutes(seen.gathering())
        return [minutes.mean(), minutes.std()]

    values = observe(hall, measures, days=10, seed=20).T
    agrees("let go every hour: mean wait", values[0], 30.0, catches=0.02)
    agrees("let go every hour: sd of the wait", values[1], 60 / 12**0.5, catches=0.02)


def _gathering(duration: dict[str, Any], arrivals: float, batch: dict[str, Any], staff: list[dict[str, Any]]):
    """A step of the back office whose papers gather; with nobody on the staff it is never short of hands."""
    where = {"pool": "科室"} if staff else {"clock": "elapsed"}
    review = {"name": "会审", "place": "back_office", "duration": duration, "batch": batch, **where}
    return round_the_clock([review], staff, [people(arrivals)])
