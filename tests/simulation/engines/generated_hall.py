"""Steps, members, arrivals and visits of generated halls."""

from __future__ import annotations

from generated_parts import CHANCES, RUNS_FOR_MINUTES, Chooser, Document, duration, pause

STEPS = ("甲", "乙", "丙", "丁", "戊")
POOLS = ("一队", "二队", "三队")
MATERIALS = ("表", "证", "照")
HELP = "助"  # a step outside the flow, done in place of another
PLACES = ("counter", "back_office", "kiosk", "counter", "online", "back_office", "applicant")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRESENT = ("counter", "kiosk")
GATE_TIMES = (("10:00",), ("09:00", "12:00"), ("17:00",), ("00:00", "23:59"), ("14:30", "14:30"))
PATIENCE_MINUTES = (10, 0, 5, 30, 60, 240)
LATENESS = ((0,), (-15, 0, 0, 0, 15), (-60, 90), (-5, -5, 5, 5), (10, 10))
WEEKDAY_FACTORS = ((1, 1, 1, 1, 1, 1, 1), (2, 1, 0, 1, 0.5, 1, 3), (0.5, 1, 1, 1, 1, 0, 0))
PROFILES = (
    (("10:00", 1),),
    (("08:30", 1), ("09:00", 3), ("12:00", 1), ("16:30", 2)),
    (("09:15", 1), ("11:45", 2), ("23:30", 1)),
    (("00:00", 1), ("04:00", 0), ("18:00", 2)),
)


def materials(c: Chooser) -> list[Document]:
    """The documents of a hall."""
    if "materials" not in c.on:
        return []
    names = c.some(MATERIALS, least=1)
    return [{"name": name, "minutes_to_check": c.pick(0, 2, 5, 0.35)} for name in names]


def steps(c: Chooser, asked_for: list[Document]) -> list[Document]:
    """One to five steps; the pools they name are `POOLS`."""
    names = STEPS[: c.number(1, len(STEPS))]
    found = [_step(c, name, asked_for) for name in names]
    if "stuck" in c.on:
        found.append(_step(c, HELP, asked_for, ("counter", "kiosk", "back_office")))
        for number, step in enumerate(found[:-1]):
            if step["place"] in PRESENT and c.one_in(2):
                step["stuck"] = _stuck(c, found[number + 1 :])
    return found


def _stuck(c: Chooser, later: list[Document]) -> Document:
    """Stuck leads to a later step or to the help, so never round in a circle."""
    then = c.pick_of(later) if c.one_in(3) else later[-1]
    can_keep = then["place"] in PRESENT and "pool" in then
    keeps = can_keep and c.pick(False, True, True)
    return {"chance": c.pick(*CHANCES), "then": then["name"], "keeps_machine": keeps}


def _step(c: Chooser, name: str, asked_for: list[Document], places: tuple[str, ...] = PLACES) -> Document:
    step: Document = {"name": name, "place": c.pick(*places), "duration": duration(c)}
    if c.one_in(4):
        step |= {"clock": c.pick("elapsed", "working"), "calendar": c.pick("hall", "office", "always")}
    else:
        step["pool"] = c.pick(*POOLS[: c.pick(1, 2, 3)])
    if asked_for and c.one_in(2):
        step["materials"] = [_asked(c, document["name"]) for document in asked_for if c.one_in(2)]
    if c.has("delays", 3):
        step |= {"delay_before": pause(c), "delay_clock": c.pick("elapsed", "working")}
    if c.has("returns"):
        step["return_chance"] = c.pick(*CHANCES)
    if c.has("policy change"):
        step["policy_change"] = {
            "from_date": c.pick("2026-03-03", "2026-02-13", "2026-02-20"),
            "extra_return_chance": c.pick(*CHANCES),
            "half_life_days": c.pick(1, 0.5, 30),
        }
    if c.has("rejects", 3):
        step["reject_chance"] = c.pick(*CHANCES)
    if c.has("priorities"):
        step["priority"] = c.pick(0, -1, 1)
    if c.has("silent", 5):
        step["silent"] = True
    if c.has("batches") and step["place"] not in PRESENT:
        step["batch"] = _batch(c, "pool" in step)
    return step


def _batch(c: Chooser, has_pool: bool) -> Document:
    batch: Document = {"together": has_pool and c.one_in(2)}
    by_size = c.one_in(2)
    if by_size:
        batch["size"] = c.pick(2, 3, 1, 7)
    if not by_size or c.one_in(3):
        batch["weekly"] = {day: list(c.pick(*GATE_TIMES)) for day in c.some(WEEK, least=2)}
        if c.one_in(3):
            batch["calendar"] = c.pick("hall", "office")
            batch["weekly"].setdefault("mon", ["10:00"])  # a day on which every calendar is open
    return batch


def _asked(c: Chooser, material: str) -> Document:
    asked: Document = {"material": material, "defect_chance": c.pick(0, *CHANCES)}
    if c.has("shared"):
        asked |= {
            "shared": True,
            "shared_available": c.pick(1, 0.5, 0),
            "shared_minutes": c.pick(5, 0, 10, 60),
            "shared_mismatch_chance": c.pick(0, *CHANCES),
        }
    return asked


def members(c: Chooser, steps_of_hall: list[Document]) -> list[Document]:
    """One to four members; whatever pool a step names is served by somebody."""
    found = [_member(c, name, steps_of_hall) for name in ("A", "B", "C", "D")[: c.number(1, 4)]]
    served = {pool for member in found for pool in member["serves"]}
    needed = {step["pool"] for step in steps_of_hall if "pool" in step}
    found[0]["serves"] += sorted(needed - served)
    if "machines" in c.on:
        for member in found:
            if c.one_in(2):
                member["failure"] = _failure(c, member, found)
    return found


def _failure(c: Chooser, machine: Document, all_members: list[Document]) -> Document:
    failure = {"runs_for": duration(c, RUNS_FOR_MINUTES), "repair": duration(c)}
    repairers = [
        pool
        for pool in POOLS
        if pool not in machine["serves"] and any(pool in member["serves"] for member in all_members)
    ]
    if repairers and c.one_in(2):
        failure["repaired_by"] = c.pick_of(repairers)
    elif c.one_in(3):
        failure["repair_clock"] = "working"
    return failure


def _member(c: Chooser, name: str, steps_of_hall: list[Document]) -> Document:
    member: Document = {
        "name": name,
        "serves": c.some(POOLS, least=1),
        "calendar": c.pick("staff", "hall", "always"),
    }
    if c.has("speeds"):
        member["speed"] = c.pick(2, 0.5, 0.7, 3)
        member["step_speeds"] = {step["name"]: c.pick(1, 4, 0.3) for step in steps_of_hall if c.one_in(3)}
    return member


def arrivals(c: Chooser, days: int, steps_of_flow: list[str]) -> list[Document]:
    """One to three streams of people, about sixty in all, rarely a crowd of six hundred."""
    names = ("来", "网", "约")[: c.number(1, 3) if "several arrivals" in c.on else 1]
    most = 600 if c.one_in(30) else 60
    found = [_arrivals(c, name, most / days / len(names)) for name in names]
    for part in found:
        if c.has("steps behind"):
            part["passed"] = [c.pick(*steps_of_flow) for _ in range(c.number(1, 2))]
    return found


def _arrivals(c: Chooser, name: str, most_per_day: float) -> Document:
    found: Document = {
        "name": name,
        "channel": c.pick("窗口", "网上"),
        "per_day": min(c.pick(10, 3, 25, 60, 0, 300), most_per_day),
        "calendar": c.pick("hall", "always", "office"),
        "half_hour_weights": dict(c.pick(*PROFILES)),
    }
    if c.has("uneven days"):
        found |= {"weekday_factors": list(c.pick(*WEEKDAY_FACTORS)), "day_cv": c.pick(0.6, 0, 2)}
    if c.has("priorities"):
        found["priority"] = c.pick(-1, 1)
    if c.has("patience", 1):
        found["patience"] = {"minutes": duration(c, PATIENCE_MINUTES), "comes_back": c.pick(1, 0.5, 0)}
    if c.has("appointments", 1):
        found["appointments"] = _appointments(c)
    return found


def _appointments(c: Chooser) -> Document:
    return {
        "share": c.pick(1, 0.5),
        "slot_minutes": c.pick(30, 10, 60, 45, 7),
        "per_slot": c.pick(1, 2, 5),
        "no_show_chance": c.pick(0, 0.3, 1),
        "no_show_comes_later": c.pick(0, 0.5, 1),
        "lateness_minutes": list(c.pick(*LATENESS)),
        "priority": c.pick(-1, 0, 1, -3),
        "grace_minutes": c.pick(10, 0, 15, 5),
    }


def visits(c: Chooser) -> Document:
    """How people come back."""
    found: Document = {"calendar": "hall"}
    if c.has("cut-off"):
        found["ticket_cutoff_minutes_before_close"] = c.pick(15, 60, 0.5, 600)
    if c.has("come back later", 1):
        found["come_back_after"] = pause(c)
    if c.has("correction takes", 1):
        found["correction_takes"] = pause(c)
    if c.has("goes home", 1):
        found["same_day_continuation"] = c.pick(0.5, 0)
    if c.has("walk", 1):
        found["walk"] = duration(c)
    return found
