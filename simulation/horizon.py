"""Which days of a simulation warm up, which are measured, and how long to wait for the rest.

`docs/decisions/0003-experiment-window.md` says why these are working days and why cases are followed to
their end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mining.working_time import MS_PER_DAY
from simulation.errors import ExperimentError
from simulation.service_model import ServiceModel

LONGEST_DAYS = 36_525  # a century: a calendar that does not open in it never will


@dataclass(frozen=True)
class Horizon:
    """Days of a run, counted from the model's `start_date` (day 0); `last` days are not included.

    Cases that apply on days `first_day <= day < last_day` are the cohort that is measured. The run goes on
    to `n_days` at most.
    """

    first_day: int
    last_day: int
    n_days: int

    def bounds_ms(self, model: ServiceModel) -> tuple[int, int]:
        """Local midnight at the begin and the end of the measured days, milliseconds since 1970-01-01."""
        epoch = (model.start_date - dt.date(1970, 1, 1)).days
        return (epoch + self.first_day) * MS_PER_DAY, (epoch + self.last_day) * MS_PER_DAY


def plan_horizon(model: ServiceModel, *, days: int, warm_up_days: int, drain_days: int) -> Horizon:
    """The horizon of `warm_up_days` + `days` + `drain_days` working days.

    A working day is a day on which any calendar of the model's arrivals is open. Raises `ExperimentError`
    for numbers that leave nothing to measure and for a model nobody comes to.
    """
    for name, value, least in (
        ("days", days, 1),
        ("warm_up_days", warm_up_days, 0),
        ("drain_days", drain_days, 0),
    ):
        if value < least:
            raise ExperimentError(
                zh=f"{name} 至少为 {least} 个工作日，现为 {value}。",
                en=f"{name} must be at least {least} working days, found {value}.",
            )
    calendars = [model.calendars[arrivals.calendar] for arrivals in model.arrivals if arrivals.per_day > 0]
    if not calendars:
        raise ExperimentError(
            zh=f"模型“{model.name.zh}”没有到达（arrivals 为空或 per_day 均为 0），无法仿真。",
            en=f"Nobody comes to the model {model.name.en!r} (no arrivals, or per_day is 0 in all of them).",
        )
    begins: list[int] = []  # calendar day numbers of the working days
    needed = warm_up_days + days + drain_days
    for number in range(LONGEST_DAYS):
        day = model.start_date + dt.timedelta(days=number)
        if any(calendar.is_working_day(day) for calendar in calendars):
            begins.append(number)
            if len(begins) == needed:
                break
    else:
        raise ExperimentError(
            zh=f"到达日历中找不到 {needed} 个工作日。",
            en=f"The calendars of the arrivals have no {needed} working days.",
        )
    measured_end = begins[warm_up_days + days - 1] + 1
    return Horizon(begins[warm_up_days], measured_end, begins[-1] + 1)
