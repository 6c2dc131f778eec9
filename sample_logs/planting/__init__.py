"""What a log holds beside the run: everything that is planted after it, in the order in which it is written.

One kind, one module: a `write_...` function that writes it, a `true_...` function that counts it again from
the finished log.
"""

from __future__ import annotations

from collections.abc import Callable

from mining.event_log import EventLog
from sample_logs.planting.applicants import true_applicants, write_applicants
from sample_logs.planting.catalog import true_commitments, true_e_licences, write_catalog, write_commitments
from sample_logs.planting.decisions import true_objections, write_decisions
from sample_logs.planting.items import by_item
from sample_logs.planting.kiosks import true_kiosks, write_kiosks
from sample_logs.planting.limits import (
    true_heaping,
    true_late_acceptance,
    write_clock_stops,
    write_limits,
)
from sample_logs.planting.reviews import true_complaints, true_reviews, write_reviews
from sample_logs.planting.setting import Plant, Setting
from sample_logs.planting.tickets import true_tickets, write_tickets

PLANTS: tuple[Plant, ...] = (
    write_decisions,
    write_limits,
    write_clock_stops,
    write_applicants,
    write_tickets,
    write_reviews,
    write_commitments,
    write_kiosks,
    write_catalog,
)
TRUTHS: dict[str, Callable[[EventLog, Setting], dict[str, object]]] = {
    "objections_of_reviews": true_objections,
    "accepted_late": true_late_acceptance,
    "done_on_the_last_day": true_heaping,
    "applicants": true_applicants,
    "tickets": true_tickets,
    "reviews": true_reviews,
    "complaints": true_complaints,
    "commitments": true_commitments,
    "kiosks": true_kiosks,
    "documents_with_e_licence": true_e_licences,
}


def plant(log: EventLog, setting: Setting) -> EventLog:
    """The log of a run with everything written into it that the plan of the service asks for."""
    for write in PLANTS:
        log = write(log, setting)
    return log


__all__ = ["PLANTS", "TRUTHS", "Setting", "by_item", "plant"]
