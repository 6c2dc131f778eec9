"""What a run assumed, capped and left unfinished, as the quality report of its log."""

from __future__ import annotations

from mining.quality import QualityIssue, QualityReport, Severity
from mining.text import Text
from simulation.engines.program.codes import MAX_RETURNS, Program
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords


def quality_report(program: Program, run: RunRecords) -> QualityReport:
    """The quality report of a simulated log; an issue for each kind of thing that happened at least once."""
    n_cases, n_visits = run.arrived_ms.size, len(run.visits)
    found = (
        _about_holidays(program),
        *_about_cases(run, n_cases),
        *_about_visits(run, n_visits),
        *_about_people(run, n_cases),
    )
    return QualityReport(
        source=program.names.model,
        format="simulation",
        rows_read=n_visits,
        events_kept=n_visits,
        issues=tuple(issue for issue in found if issue.rows),
    )


def _about_holidays(program: Program) -> QualityIssue:
    years = ", ".join(program.guessed_holidays)
    return _issue(
        "holidays_guessed",
        "warning",
        len(program.guessed_holidays),
        len(program.guessed_holidays),
        f"以下年份的调休安排尚未公布，节假日为推算：{years}。",
        f"Make-up days are not published for {years}; the holidays of these years are a guess.",
    )


def _about_cases(run: RunRecords, n_cases: int) -> tuple[QualityIssue, ...]:
    unfinished = int((run.finish_ms < 0).sum())
    return (
        _issue(
            "cases_unfinished",
            "info",
            unfinished,
            n_cases,
            f"仿真结束时仍有 {unfinished} 件未办结；计入案件表，办结时间为空。",
            f"{unfinished} cases were still inside when the run ended; they are in the cases table without a "
            "finish time.",
        ),
        _issue(
            "loops_capped",
            "warning",
            run.loops_capped,
            n_cases,
            f"循环达到 max_rounds 上限而被终止 {run.loops_capped} 次。",
            f"Loops were ended by their max_rounds {run.loops_capped} times.",
        ),
        _issue(
            "turned_away",
            "info",
            run.turned_away,
            n_cases,
            f"{run.turned_away} 人到达时当日已停止取号，改日再来。",
            f"{run.turned_away} people came when no more tickets were given out and came another day.",
        ),
    )


def _about_visits(run: RunRecords, n_visits: int) -> tuple[QualityIssue, ...]:
    return (
        _issue(
            "returns_capped",
            "warning",
            run.returns_capped,
            n_visits,
            f"同一环节连续补正 {MAX_RETURNS} 次后按通过处理，共 {run.returns_capped} 次。",
            f"A step was passed after {MAX_RETURNS} corrections in a row {run.returns_capped} times.",
        ),
        _issue(
            "left_with_ticket",
            "info",
            run.left_with_ticket,
            n_visits,
            f"闭厅时持号未办理 {run.left_with_ticket} 人次，次日保留原号位再来。",
            f"{run.left_with_ticket} times somebody held a ticket at closing and came again the next "
            "morning, keeping the place.",
        ),
    )


def _about_people(run: RunRecords, n_cases: int) -> tuple[QualityIssue, ...]:
    outcome = run.visits[:, Record._fields.index("outcome")]
    left, for_good = int((outcome == Outcome.GAVE_UP).sum()), int(run.gave_up.sum())
    booked = int((run.slot_ms >= 0).sum()) + len(run.missed_slots)
    return (
        _issue(
            "gave_up",
            "info",
            left,
            len(outcome),
            f"排队者等不及而离开 {left} 次，其中 {for_good} 件从此不再办理（办件结果为弃号）。",
            f"{left} times somebody in a queue lost patience and left; {for_good} cases ended with that "
            "(their final result is 弃号).",
        ),
        _issue(
            "no_shows",
            "info",
            run.no_shows,
            booked,
            f"{run.no_shows} 个预约者始终未到（或要到仿真结束之后才来），不计为办件。",
            f"{run.no_shows} people had booked and did not come within the run; they are no cases.",
        ),
        _issue(
            "no_slot",
            "warning",
            run.no_slot,
            n_cases,
            f"{run.no_slot} 人想预约，但整个仿真期内已无号源，改为直接到场。",
            f"{run.no_slot} people wished to book, found no slot free in the whole run and came without.",
        ),
    )


def _issue(code: str, severity: Severity, rows: int, of_rows: int, zh: str, en: str) -> QualityIssue:
    return QualityIssue(code=code, severity=severity, message=Text(zh=zh, en=en), rows=rows, of_rows=of_rows)
