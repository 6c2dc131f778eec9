"""Sharable but asked for: who issued it and who asks; what is fetched or unknown does not count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.sharable_materials import find_sharable_materials
from mining.errors import MissingColumnsError
from mining.event_log import SHARED, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
LICENCE = ("营业执照", "市监局", "税务局")
OWN = ("营业执照", "市监局", "市监局")
BANK_PROOF = ("资信证明", "某银行", "税务局")
FORM = ("申请表", None, "税务局")


def log_with(
    log_of: LogMaker, *papers: tuple[str, str | None, str], journeys: int = 6, **columns: object
) -> EventLog:
    """Each journey hands in these papers: (document, issuer, receiver)."""
    rows = [
        {
            "case_id": f"c{n}",
            "activity": "受理",
            "dept": receiver,
            "material_name": document,
            "issuer_dept": issuer,
            "ts_received": "0 09:00",
            **columns,
        }
        for n in range(journeys)
        for document, issuer, receiver in papers
    ]
    events = [
        {"case_id": f"c{n}", "activity": "受理", "dept": "税务局", "end": "0 09:00"} for n in range(journeys)
    ]
    return log_of(events, rows)


def test_a_licence_carried_to_the_tax_office(log_of: LogMaker) -> None:
    # of 6 x (licence, form) one half is sharable
    (finding,) = find_sharable_materials(log_with(log_of, LICENCE, FORM), OFFICE_HOURS)
    assert finding.where == {"material": "营业执照", "steps": ["受理"], "departments": ["税务局"]}
    assert (finding.cases, finding.share) == (6, 1.0)
    # one working day: 6 copies x 5.6 minutes x 250
    assert finding.hours_lost_per_year == 140.0
    assert finding.evidence["sharable_by_receiver"] == {"税务局": 6}
    overall = finding.evidence["overall"]
    assert isinstance(overall, dict)
    assert (overall["sharable_share"], overall["issuer_unknown"]) == (0.5, 6)
    assert (overall["sharable_share_low"], overall["sharable_share_high"]) == (0.2538, 0.7462)  # Wilson
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == (
        "share_materials",
        {"materials": ["营业执照"], "mode": "fetched"},
    )
    assert finding.example_cases == ("c0", "c1", "c2", "c3", "c4")


@pytest.mark.parametrize("papers", [(OWN,), (BANK_PROOF, OWN), (LICENCE, FORM, FORM, FORM)])
def test_neighbours_that_are_not_reported(
    log_of: LogMaker, papers: tuple[tuple[str, str | None, str], ...]
) -> None:
    # its own issuer asks, a private issuer, a quarter of all submissions only
    assert find_sharable_materials(log_with(log_of, *papers), OFFICE_HOURS) == []


def test_its_own_issuer_asking_is_counted_apart(log_of: LogMaker) -> None:
    (finding,) = find_sharable_materials(log_with(log_of, LICENCE, OWN), OFFICE_HOURS)
    overall = finding.evidence["overall"]
    assert isinstance(overall, dict)
    assert (overall["asked_by_its_issuer"], finding.evidence["sharable_share"]) == (6, 0.5)


def test_what_is_fetched_already_is_not_handed_in(log_of: LogMaker) -> None:
    assert find_sharable_materials(log_with(log_of, LICENCE, source=SHARED), OFFICE_HOURS) == []


def test_four_journeys_are_too_few_to_name_a_document(log_of: LogMaker) -> None:
    assert find_sharable_materials(log_with(log_of, LICENCE, journeys=4), OFFICE_HOURS) == []


def test_without_issuers_it_says_so(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"materials\.issuer_dept") as caught:
        find_sharable_materials(log_with(log_of, FORM), OFFICE_HOURS)
    assert "可共享" in caught.value.in_language("zh")
