"""What findings are about, so that a planner can look at one thing at a time."""

from __future__ import annotations

from mining.diagnostics.definition import Definition
from mining.diagnostics.registry import definitions

FAMILIES: dict[str, tuple[str, ...]] = {
    "steps": (
        *("rubber_stamp", "always_passes", "rarely_objects", "checked_twice", "same_check", "ping_pong"),
        *("repeated_step", "parallel_candidates", "steps_in_one_go", "check_order"),
    ),
    "documents": (
        *("duplicate_material", "sharable_material", "resubmitted_offline", "e_licence_replaceable"),
        "commitment_breaches",
    ),
    "visits": ("avoidable_visit", "wasted_trips"),
    "rework": ("rework", "rework_at_step", "two_part_notice"),
    "waiting": (
        *("waiting", "waiting_causes", "queue", "time_decomposition", "time_to_reach", "uneven_counters"),
        "closed_hours_wait",
    ),
    "limits": ("late_cases", "done_at_the_limit", "accepted_late"),
    "service": (
        *("slow_officer", "volume_over_quality", "complaints_overdue", "complaints_repeated", "policy_shock"),
        *("online_fallback", "online_given_up", "kiosk_availability", "no_shows", "walk_ins_wait_longer"),
    ),
    "data": ("drift", "zero_durations", "same_second_bursts", "finished_in_closed_hours", "end_before_start"),
}
"""Family -> kinds of findings, each kind in one family; a test holds it."""
_OF_KIND = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}


def family_of(kind: str) -> str | None:
    """The family of a kind of finding; None for a kind no diagnostic makes."""
    return _OF_KIND.get(kind)


def family_of_definition(definition: Definition) -> str | None:
    """The family of a diagnostic: that of its kinds."""
    return family_of(definition.kinds[0])


def all_kinds() -> tuple[str, ...]:
    """Every kind some diagnostic makes."""
    return tuple(kind for definition in definitions() for kind in definition.kinds)
