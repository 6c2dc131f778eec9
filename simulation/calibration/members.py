"""Pools and members of the model, from the staffing and the speeds."""

from __future__ import annotations

from dataclasses import dataclass

from mining.text import Text
from simulation.calibration.evidence import assumed
from simulation.calibration.observations import Observations
from simulation.calibration.officers import OfficerSpeeds
from simulation.calibration.staffing import CalibratedPool, Staffing
from simulation.service_model import Evidence, Member, Pool


@dataclass(frozen=True)
class CalibratedMembers:
    """Pools, their members and what they rest on."""

    pools: tuple[Pool, ...]
    members: tuple[Member, ...]
    evidence: dict[str, Evidence]


def build_members(
    observed: Observations,
    staffing: Staffing,
    speeds: OfficerSpeeds,
    depts: list[str | None],
    calendar: str,
) -> CalibratedMembers:
    """One member for each officer who carries a pool, and unnamed ones where more are needed than that."""
    names = [pool.name for pool in staffing.pools]
    taken: set[str] = set()
    members: list[Member] = []
    evidence: dict[str, Evidence] = {}
    for pool in staffing.pools:
        evidence[f"pools.{pool.name}.members"] = pool.evidence
        for officer in pool.home_officers:
            name = _free(observed.officer_names[officer], taken)
            serves = tuple(names[code] for code in staffing.serves[officer])
            speed = round(float(speeds.speed[officer]), 4)
            members.append(Member(name=name, serves=serves, calendar=calendar, speed=speed))
            evidence[f"members.{name}.speed"] = _speed_evidence(speeds, officer)
        for number in range(len(pool.home_officers) + pool.n_visitors, pool.n_members):
            name = _free(f"{pool.name} #{number + 1}", taken)
            members.append(Member(name=name, serves=(pool.name,), calendar=calendar))
            evidence[f"members.{name}.speed"] = assumed(
                zh="代表同时办理多件或偶尔办理的人员，速度按平均。",
                en="Stands for several cases in work at once, or for occasional officers; average speed.",
            )
    pools = tuple(Pool(name=p.name, dept=_dept(p, depts)) for p in staffing.pools)
    return CalibratedMembers(pools, tuple(members), evidence)


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it where a member is already called so."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    taken.add(candidate)
    return candidate


def _dept(pool: CalibratedPool, depts: list[str | None]) -> str | None:
    return depts[pool.steps[0]]


def _speed_evidence(speeds: OfficerSpeeds, officer: int) -> Evidence:
    n = int(speeds.n[officer])
    if n == 0:
        return assumed(zh="记录不足 30 条：速度按平均。", en="Fewer than 30 durations: average speed.")
    return Evidence(
        source="measured",
        n=n,
        low=round(float(speeds.low[officer]), 4),
        high=round(float(speeds.high[officer]), 4),
        note=Text(zh="部分合并估计，向平均收缩。", en="Partial pooling, shrunk towards the average."),
    )
