"""How busy the people of a hall were: utilisation, computed outside the engine from the event log and
from the repairs that no event tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import BACK_OFFICE, KIOSK, PRESENT_PLACES, EventLog
from mining.working_time import MS_PER_MINUTE
from simulation.service_model import Member, ServiceModel


@dataclass(frozen=True)
class Load:
    """Busy and open minutes of one member, or of several together."""

    busy_minutes: float
    open_minutes: float

    @property
    def utilisation(self) -> float:
        """Busy over open, 0 to 1; a little more where people finish the case at the window after closing."""
        return self.busy_minutes / self.open_minutes if self.open_minutes > 0 else 0.0


def member_loads(
    log: EventLog, model: ServiceModel, first_ms: int, last_ms: int, repairs: pd.DataFrame | None = None
) -> dict[str, Load]:
    """Busy and open minutes of each member within [first_ms, last_ms), by name.

    At places where the applicant stands a member is busy from start to end, even past closing; in the back
    office work pauses while the member's calendar is closed. Work that began before `first_ms` or ends
    after `last_ms` counts with its part inside. Cases done together in one batch are one piece of work: they
    have one officer, start and end. A kiosk is busy while somebody is served there, also while it is down
    with her there; machines kept for help are not in the log, and not in here.

    A log does not tell who repaired its devices: `repairs` does, with `member`, `ts_start` and `ts_end` a row
    (`simulation.engines.log.repairs.repair_table`). They pause while the member's calendar is closed.
    """
    work = _served(log.events)
    if repairs is not None:
        work = pd.concat([work, repairs[_SPAN].assign(place=BACK_OFFICE)], ignore_index=True)
    busy = _busy_minutes(work, model, first_ms, last_ms)
    return {
        member.name: Load(busy.get(member.name, 0.0), _open_minutes(member, model, first_ms, last_ms))
        for member in model.members
    }


_SPAN = ["member", "ts_start", "ts_end"]


def _served(events: pd.DataFrame) -> pd.DataFrame:
    """Services of members, each piece of work once, with `place`; `member` is the officer, at a kiosk (it has
    none) the window."""
    if "officer" not in events.columns:
        return pd.DataFrame(columns=[*_SPAN, "place"])
    member = events["officer"].astype("object")
    if "window" in events.columns:
        member = member.where(events["place"] != KIOSK, events["window"].astype("object"))
    served = events.assign(member=member)
    served = served[served["member"].notna() & served["ts_start"].notna() & served["ts_end"].notna()]
    return served.drop_duplicates(_SPAN)[[*_SPAN, "place"]]


def pool_utilisation(loads: dict[str, Load], model: ServiceModel) -> dict[str, float]:
    """Utilisation of the members of each pool that has any, by pool.

    A member who serves several pools counts in each with all of his work: the figure says how busy the people
    are who stand behind the queue, not how much of their time this queue takes.
    """
    teams = {
        pool.name: [loads[m.name] for m in model.members if pool.name in m.serves] for pool in model.pools
    }
    return {name: _together(team).utilisation for name, team in teams.items() if team}


def mean_utilisation(loads: dict[str, Load]) -> float:
    """Busy minutes of all members over their open minutes, idle members included."""
    return _together(list(loads.values())).utilisation


def _together(loads: list[Load]) -> Load:
    return Load(sum(load.busy_minutes for load in loads), sum(load.open_minutes for load in loads))


def _open_minutes(member: Member, model: ServiceModel, first_ms: int, last_ms: int) -> float:
    calendar = model.calendars[member.calendar]
    return float(calendar.working_ms_between(np.array([first_ms]), np.array([last_ms]))[0]) / MS_PER_MINUTE


def _busy_minutes(work: pd.DataFrame, model: ServiceModel, first_ms: int, last_ms: int) -> dict[str, float]:
    if work.empty:
        return {}
    begin = np.clip(_ms(work["ts_start"]), first_ms, last_ms)
    end = np.clip(_ms(work["ts_end"]), first_ms, last_ms)
    pauses = ~work["place"].isin(PRESENT_PLACES).to_numpy()
    code, names = pd.factorize(work["member"])
    calendars = {member.name: member.calendar for member in model.members}
    worked = (end - begin).astype("float64")
    of_piece = pd.Series(names).map(calendars).to_numpy()[code]
    for name, calendar in model.calendars.items():
        here = pauses & (of_piece == name)
        worked[here] = calendar.working_ms_between(begin[here], end[here])
    sums = np.bincount(code, weights=worked, minlength=len(names)) / MS_PER_MINUTE
    return {str(name): float(total) for name, total in zip(names, sums, strict=True)}


def _ms(times: pd.Series) -> np.ndarray:
    return times.to_numpy().astype("datetime64[ms]").astype("int64")
