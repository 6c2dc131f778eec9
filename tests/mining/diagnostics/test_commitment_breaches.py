"""Breaches of commitments: the exact interval, the number checked, what nobody can tell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mining.diagnostics.commitment_breaches import find_commitment_breaches
from mining.errors import MissingColumnsError
from mining.event_log import BREACHED, COMMITMENT, KEPT, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def log_with(log_of: LogMaker, kept: int, breached: int, unchecked: int = 0) -> EventLog:
    checks = [BREACHED] * breached + [KEPT] * kept + [None] * unchecked
    events = [{"case_id": f"c{n:04d}", "activity": "受理", "end": "0 09:00"} for n in range(len(checks))]
    cases = [
        {"case_id": f"c{n:04d}", "item_name": "食品经营" if n % 2 else "施工许可", "commitment_check": check}
        for n, check in enumerate(checks)
    ]
    return log_of(events, cases=cases)


def test_the_rate_and_its_exact_interval(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 12 of 200: Beta quantiles B(.025; 12, 189) = 0.0314 and B(.975; 13, 188) = 0.1025
    (finding,) = find_commitment_breaches(log_with(log_of, 188, 12, unchecked=300), OFFICE_HOURS)
    assert (finding.kind, finding.cases, finding.share) == ("commitment_breaches", 12, 0.06)
    assert finding.effect is not None
    assert (finding.effect.n, finding.effect.value) == (200, 0.06)
    assert finding.effect.low == pytest.approx(0.0314, abs=5e-5)
    assert finding.effect.high == pytest.approx(0.1025, abs=5e-5)
    assert finding.evidence["breaches_by_item"] == {"施工许可": 6, "食品经营": 6}
    assert finding.evidence["commitments_checked_share"] is None  # no document says what was promised
    assert finding.hours_lost_per_year is None
    assert finding.example_cases == ("c0000", "c0001", "c0002", "c0003", "c0004")
    check_words(finding)


def test_how_many_promises_were_checked(log_of: LogMaker) -> None:
    log = log_with(log_of, 28, 12, unchecked=40)
    papers = [
        {"case_id": f"c{n:04d}", "activity": "受理", "material_name": "场地证明", "source": COMMITMENT}
        for n in range(80)
    ]
    with_papers = log_of(
        [{"case_id": c, "activity": "受理", "end": "0 09:00"} for c in log.cases["case_id"]],
        papers,
        log.cases.drop(columns="file_row").to_dict("records"),
    )
    (finding,) = find_commitment_breaches(with_papers, OFFICE_HOURS)
    assert finding.evidence["cases_with_commitment"] == 80
    assert finding.evidence["commitments_checked_share"] == 0.5


@pytest.mark.parametrize(
    ("kept", "breached", "why"),
    [(19, 1, "too few"), (57, 3, "5 % of 60 is 1.0 to 13.9 %"), (200, 0, "none"), (0, 29, "29 are too few")],
)
def test_what_nobody_can_tell_is_not_reported(log_of: LogMaker, kept: int, breached: int, why: str) -> None:
    assert find_commitment_breaches(log_with(log_of, kept, breached), OFFICE_HOURS) == [], why


def test_a_true_rate_of_one_percent_does_not_alarm(log_of: LogMaker) -> None:
    for seed in range(20):
        breached = int(np.random.default_rng(seed).binomial(400, 0.01))
        assert find_commitment_breaches(log_with(log_of, 400 - breached, breached), OFFICE_HOURS) == []


def test_needs_the_checks(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match=r"cases\.commitment_check"):
        find_commitment_breaches(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)
