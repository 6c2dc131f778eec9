"""Paper asked for although an electronic licence exists: who tells that there is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.e_licence_replaceable import find_e_licence_replaceable
from mining.errors import MissingColumnsError
from mining.event_log import E_LICENCE, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def log_with(
    log_of: LogMaker, *papers: Row, catalog: list[Row] | None = None, journeys: int = 6, item: str = "I1"
) -> EventLog:
    """Journeys that each hand in these papers at one step."""
    events = [{"case_id": f"c{n}", "activity": "受理", "end": "0 10:00"} for n in range(journeys)]
    rows = [
        {"case_id": f"c{n}", "activity": "受理", "ts_received": "0 09:00", **paper}
        for n in range(journeys)
        for paper in papers
    ]
    cases = [{"case_id": f"c{n}", "item_code": item} for n in range(journeys)]
    return log_of(events, rows, cases, **({"catalog": catalog} if catalog else {}))


LICENCE: Row = {"material_name": "营业执照副本", "form": "复印件"}
CONTRACT: Row = {"material_name": "买卖合同", "form": "原件"}
NO_FORM: Row = {"material_name": "章程"}


def test_the_catalogue_tells(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # the catalogue writes 营业执照, the log 营业执照副本: one document; 6 of 12 submissions with a form
    catalog: list[Row] = [{"material_name": "营业执照", "e_licence": "yes", "item_code": "I1"}]
    log = log_with(log_of, LICENCE, CONTRACT, NO_FORM, catalog=catalog)
    (finding,) = find_e_licence_replaceable(log, OFFICE_HOURS)
    assert (finding.where["materials"], finding.cases, finding.share) == (["营业执照"], 6, 1.0)
    assert finding.effect is not None
    assert (finding.effect.value, finding.effect.n) == (0.5, 12)
    assert finding.effect.low is not None
    assert finding.effect.high is not None
    assert finding.effect.low < 0.5 < finding.effect.high
    assert finding.evidence["form_unknown"] == 6
    assert finding.evidence["e_licence_told_by"] == {"told_by_catalogue": 6}
    # one open day: x 250; 5 minutes of the applicant and 0.6 of an officer each
    assert finding.citizen_hours_lost_per_year == 6 * 5 / 60 * 250
    assert finding.official_hours_lost_per_year == round(6 * 0.6 / 60 * 250, 1)
    assert [proposal.lever for proposal in finding.proposes] == ["share_materials"]
    check_words(finding)


def test_another_item_may_tell_and_a_no_of_the_own_item_wins(log_of: LogMaker) -> None:
    other: Row = {"material_name": "营业执照", "e_licence": "yes", "item_code": "I2"}
    own: Row = {"material_name": "营业执照", "e_licence": "no", "item_code": "I1"}
    assert find_e_licence_replaceable(log_with(log_of, LICENCE, catalog=[other]), OFFICE_HOURS)
    assert find_e_licence_replaceable(log_with(log_of, LICENCE, catalog=[other, own]), OFFICE_HOURS) == []


def test_the_log_itself_tells(log_of: LogMaker) -> None:
    electronic: Row = {"material_name": "营业执照", "form": "电子证照", "source": E_LICENCE}
    (finding,) = find_e_licence_replaceable(log_with(log_of, LICENCE, electronic), OFFICE_HOURS)
    assert finding.evidence["e_licence_told_by"] == {"seen_in_the_log": 6}
    assert finding.evidence["e_licence_replaceable"] == 6  # the electronic one is no paper


def test_the_list_of_electronic_documents_tells(log_of: LogMaker) -> None:
    (finding,) = find_e_licence_replaceable(
        log_with(log_of, {"material_name": "公章", "form": "原件"}), OFFICE_HOURS
    )
    assert finding.evidence["e_licence_told_by"] == {"on_the_list_of_electronic_documents": 6}


@pytest.mark.parametrize(
    "papers", [(CONTRACT,), ({"material_name": "公章", "form": "电子文件"},), (NO_FORM, CONTRACT)]
)
def test_what_is_not_replaceable(log_of: LogMaker, papers: tuple[Row, ...]) -> None:
    assert find_e_licence_replaceable(log_with(log_of, *papers), OFFICE_HOURS) == []


def test_four_journeys_are_too_few(log_of: LogMaker) -> None:
    seal: Row = {"material_name": "公章", "form": "原件"}
    assert find_e_licence_replaceable(log_with(log_of, seal, journeys=4), OFFICE_HOURS) == []


def test_needs_forms(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"materials\.form"):
        find_e_licence_replaceable(log_with(log_of, NO_FORM), OFFICE_HOURS)
