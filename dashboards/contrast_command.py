"""`onewindow contrast`: two measured logs, or one log and a reform date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dashboards.commands import print_json, progress
from mining.case_mix import DIMENSIONS
from mining.errors import LogError
from mining.event_log import EventLog
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.mining_report import ReportOptions
    from mining.reform import LogContrast, Straddling

STRADDLING = ("washout", "leave_out", "assign")


def contrast_command(
    before: EventLog,
    after: EventLog | None,
    options: ReportOptions,
    *,
    reform_date: str | None,
    by: str | None,
    straddling: str,
    seed: int,
    output: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Compare, write the report, print the document or the text."""
    date = None if reform_date is None else read_date(reform_date)
    contrast = contrast_of(
        before, after, options, reform_date=date, by=read_dimensions(by), straddling=straddling, seed=seed
    )
    if output is not None:
        from dashboards.contrast_report import write_contrast_report

        write_contrast_report(contrast, output, language)
        progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    if as_json:
        print_json(contrast.to_json(language))
    elif output is None:
        from dashboards.contrast_report import print_contrast

        print_contrast(contrast, language)


def contrast_of(
    before: EventLog,
    after: EventLog | None,
    options: ReportOptions,
    *,
    reform_date: pd.Timestamp | None,
    by: tuple[str, ...],
    straddling: str,
    seed: int = 1,
) -> LogContrast:
    """The contrast of two logs, or of one log at a date, in the working hours both logs show together.

    Items are stitched into journeys first. Raises `LogError` where neither a second log nor a date is given.
    """
    from dashboards.mining_report import stitched
    from mining.reform import contrast_at, contrast_logs, join_logs
    from simulation.calibration import calibrate_hall_calendar

    if after is None and reform_date is None:
        raise LogError(
            zh="需要第二份日志，或 --reform-date 2026-03-01 这样的改革日。",
            en="A second log is needed, or a reform date such as --reform-date 2026-03-01.",
        )
    whole = before if after is None else join_logs(before, after)
    calendar = calibrate_hall_calendar(whole, options.hours).calendar
    before = stitched(before, calendar, options)[0]
    if after is not None:
        after = stitched(after, calendar, options)[0]
        return contrast_logs(before, after, calendar, reform_date, by, seed)
    assert reform_date is not None
    return contrast_at(before, reform_date, calendar, by, _straddling(straddling), seed)


def read_date(text: str) -> pd.Timestamp:
    """A day like 2026-03-01; raises `LogError` for anything else."""
    try:
        return pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise LogError(
            zh=f"改革日“{text}”无效：应为 2026-03-01 这样的日期。",
            en=f"The reform date {text!r} is not valid: it must be a date like 2026-03-01.",
        ) from None


def read_dimensions(text: str | None) -> tuple[str, ...]:
    """ "item,channel" as a tuple; None is every dimension, "none" is none. Unknown names raise later."""
    if text is None:
        return tuple(DIMENSIONS)
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    return () if names == ("none",) else names


def _straddling(text: str) -> Straddling:
    from mining.reform import Straddling as Ways

    if text not in STRADDLING:
        raise LogError(
            zh=f"--straddling {text} 无效；可用：{'、'.join(STRADDLING)}。",
            en=f"--straddling {text} is not valid; allowed: {', '.join(STRADDLING)}.",
        )
    way: Ways = text  # type: ignore[assignment]
    return way
