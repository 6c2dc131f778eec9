"""What is true of the tables beside a sample log: reviews, complaints, tickets, promises, machines."""

from __future__ import annotations

from scipy.special import betaincinv

from sample_logs.generate import SampleLog

_COMPLAINTS, _KIOSKS = "complaints", "kiosks"


def _part(sample: SampleLog, name: str) -> dict[str, float]:
    found = sample.truth[name]
    assert isinstance(found, dict)
    return found


def breaches(sample: SampleLog) -> dict[str, float]:
    """Low end of the exact 95 % interval of the share of checked promises that were breached."""
    found = _part(sample, "commitments")
    hits, n = found["breached"], found["checked"]
    return {"": float(betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0} if n else {}


def overdue_complaints(sample: SampleLog) -> dict[str, float]:
    """Complaints closed or still open after their limit."""
    return {"": float(_part(sample, _COMPLAINTS)["overdue"])}


def no_shows(sample: SampleLog) -> dict[str, float]:
    """Share of the bookings nobody came for."""
    found = _part(sample, "tickets")
    return {"": found["no_shows"] / found["booked"]} if found else {}


def broken_kiosks(sample: SampleLog) -> dict[str, float]:
    """Share of the scheduled hours in which the machines were broken."""
    machines = list(_part(sample, _KIOSKS).values())
    down = sum(machine["hours_down"] for machine in machines)  # type: ignore[index]
    up = sum(machine["hours_up"] for machine in machines)  # type: ignore[index]
    return {"": down / (up + down)} if machines else {}


def worse_with_volume(sample: SampleLog) -> dict[str, float]:
    """1 where reviews were made worse by volume; returns never are."""
    planted = sample.setting.planted.reviews.worse_with_volume
    return {"bad_reviews": 1.0} if planted else {}
