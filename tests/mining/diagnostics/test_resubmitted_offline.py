"""Handed in online, then again at the counter: which event received it, what is no repetition."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.resubmitted_offline import find_resubmitted_offline
from mining.errors import MissingColumnsError
from mining.event_log import COUNTER, ONLINE, PASS, RETURN, EventLog
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
Step = tuple[str, dict[str, object], tuple[str, ...]]  # step, columns of its event, documents handed in

UPLOAD: Step = ("网上申报", {"place": ONLINE}, ("申请表", "身份证"))
COUNTER_AGAIN: Step = ("窗口受理", {"place": COUNTER}, ("身份证复印件",))


def log_with(log_of: LogMaker, *steps: Step, journeys: int = 6, others: int = 0) -> EventLog:
    """Journeys that go through these steps an hour apart, and others that only do the first."""
    events: list[Row] = []
    papers: list[Row] = []
    for n in range(journeys + others):
        for hour, (step, columns, documents) in enumerate(steps if n < journeys else steps[:1]):
            row: Row = {"case_id": f"c{n:02d}", "activity": step, "dept": "市监局"}
            events.append({**row, "end": f"0 {9 + hour:02d}:30", "result": PASS, **columns})
            papers += [
                {**row, "material_name": name, "ts_received": f"0 {9 + hour:02d}:00"} for name in documents
            ]
    return log_of(events, papers)


def test_an_uploaded_card_shown_again_at_the_counter(log_of: LogMaker) -> None:
    # 6 journeys upload form and card, each shows the card again: 6 of 12 documents
    (finding,) = find_resubmitted_offline(log_with(log_of, UPLOAD, COUNTER_AGAIN), OFFICE_HOURS)
    assert finding.where == {"materials": ["居民身份证"], "steps": ["窗口受理"]}
    assert (finding.cases, finding.share) == (6, 1.0)
    assert (finding.evidence["documents_online_first"], finding.evidence["handed_in_again"]) == (12, 6)
    assert (
        finding.evidence["handed_in_again_share_low"],
        finding.evidence["handed_in_again_share_high"],
    ) == (
        0.2538,
        0.7462,
    )
    assert finding.hours_lost_per_year == 140.0  # one working day: 6 copies x 5.6 minutes x 250
    assert finding.proposes[0].parameters == {"materials": ["居民身份证"], "mode": "handed_in_once"}
    assert finding.example_cases == ("c00", "c01", "c02", "c03", "c04")


def test_the_channel_of_events_tells_where_there_is_no_place(log_of: LogMaker) -> None:
    upload: Step = ("网上申报", {"channel": "网上"}, UPLOAD[2])
    counter: Step = ("窗口受理", {"channel": "窗口"}, COUNTER_AGAIN[2])
    (finding,) = find_resubmitted_offline(log_with(log_of, upload, counter), OFFICE_HOURS)
    assert finding.evidence["handed_in_again"] == 6


@pytest.mark.parametrize(
    "steps",
    [
        (COUNTER_AGAIN, UPLOAD),  # first on paper, then online
        (UPLOAD, ("补充上传", {"place": ONLINE}, ("身份证",))),  # online both times
        (UPLOAD, ("窗口受理", {"place": COUNTER}, ("租赁合同",))),  # another document
    ],
)
def test_neighbours_that_are_no_resubmission(log_of: LogMaker, steps: tuple[Step, ...]) -> None:
    assert find_resubmitted_offline(log_with(log_of, *steps), OFFICE_HOURS) == []


def test_an_answer_to_a_return_at_the_same_step_does_not_count(log_of: LogMaker) -> None:
    returned: Step = ("受理", {"place": ONLINE, "result": RETURN}, ("身份证",))
    answered: Step = ("受理", {"place": COUNTER}, ("身份证",))
    assert find_resubmitted_offline(log_with(log_of, returned, answered), OFFICE_HOURS) == []
    passed: Step = ("受理", {"place": ONLINE}, ("身份证",))
    (finding,) = find_resubmitted_offline(log_with(log_of, passed, answered), OFFICE_HOURS)
    assert finding.evidence["handed_in_again_share"] == 1.0


def test_five_of_a_hundred_documents_are_below_the_alarm(log_of: LogMaker) -> None:
    # 5 again of 2 x 50 documents is no more than 5 %; 6 of 2 x 50 is
    assert (
        find_resubmitted_offline(log_with(log_of, UPLOAD, COUNTER_AGAIN, journeys=5, others=45), OFFICE_HOURS)
        == []
    )
    (finding,) = find_resubmitted_offline(log_with(log_of, UPLOAD, COUNTER_AGAIN, others=44), OFFICE_HOURS)
    assert (finding.cases, finding.share) == (6, 0.12)


@pytest.mark.parametrize("missing", ["materials", "place"])
def test_what_is_missing_is_said(log_of: LogMaker, missing: str) -> None:
    rows: list[Row] = [{"case_id": "a", "activity": "受理", "end": "0 09:00"}]
    papers = [{"case_id": "a", "activity": "受理", "material_name": "身份证"}] if missing == "place" else None
    with pytest.raises(MissingColumnsError, match=missing) as caught:
        find_resubmitted_offline(log_of(rows, papers), OFFICE_HOURS)
    assert "线上" in caught.value.in_language("zh")


def test_the_channel_of_a_document_wins_over_that_of_its_event(log_of: LogMaker) -> None:
    log = log_with(log_of, UPLOAD, COUNTER_AGAIN)
    # the card shown "at the counter" was taken from the portal after all
    log.materials["channel"] = pd.Series("网上", index=log.materials.index, dtype="str")
    assert find_resubmitted_offline(log, OFFICE_HOURS) == []


def test_the_channel_of_documents_alone_is_enough(log_of: LogMaker) -> None:
    log = log_with(log_of, ("网上申报", {}, UPLOAD[2]), ("窗口受理", {}, COUNTER_AGAIN[2]))
    with pytest.raises(MissingColumnsError):
        find_resubmitted_offline(log, OFFICE_HOURS)
    log = log_with(log_of, ("网上申报", {}, UPLOAD[2]), ("窗口受理", {}, COUNTER_AGAIN[2]))
    online = log.materials["activity"] == "网上申报"
    log.materials["channel"] = online.map({True: "网上", False: "窗口"}).astype("str")
    (finding,) = find_resubmitted_offline(log, OFFICE_HOURS)
    assert finding.evidence["handed_in_again"] == 6
