"""EventLog: what happened to each application, in one vocabulary.

Real logs, sample logs and simulated logs share this schema, so that every chart and measure works on
yesterday's log and on tomorrow's. Every other module takes its column names from here.

Times are local wall-clock times of the hall without a zone (`datetime64[ms]`): a working calendar is
local, and so is a counter's clock. The zone they were written in is kept in `EventLog.zone`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mining.errors import MissingColumnsError
from mining.event_order import event_order, rank_of_cases
from mining.material_aliases import MaterialAliases
from mining.options import FindingOptions
from mining.quality import QualityReport

TIME_DTYPE = "datetime64[ms]"

TIME_COLUMNS = (
    "ts_apply",
    "ts_accept",
    "ts_promise",
    "ts_finish",
    "ts_enabled",
    "ts_ticket",
    "ts_booked",
    "ts_call",
    "ts_start",
    "ts_end",
    "ts_received",
    "ts_valid_until",
    "ts",
    "ts_open",
    "ts_close",
)

EVENT_COLUMNS: dict[str, str] = {
    # required
    "case_id": "str",
    "activity": "str",
    "time": TIME_DTYPE,  # ts_end, or ts_start where there is no end; never missing; the order of the log
    "file_row": "int64",  # row number in the source, the first data row after a one-line header is 2
    # optional
    "activity_code": "str",  # the step's code where `activity` is its readable name
    "journey_id": "str",
    "item_code": "str",
    "item_name": "str",
    "dept": "str",
    "hall": "str",
    "window": "str",
    "officer": "str",
    "channel": "str",
    "place": "str",  # one of PLACES
    "ticket_no": "str",
    "visit_id": "str",
    "visit_no": "int64",  # nth time the case is at this step, from 0; simulated logs only
    "ts_enabled": TIME_DTYPE,  # the work could have begun; simulated logs have it, real ones seldom
    "ts_ticket": TIME_DTYPE,
    "ts_call": TIME_DTYPE,
    "ts_start": TIME_DTYPE,  # NaT = unknown
    "ts_end": TIME_DTYPE,  # NaT = unknown
    "ts_accept": TIME_DTYPE,
    "ts_promise": TIME_DTYPE,
    "result": "str",  # one of RESULTS, or the log's own word where it maps to none
    "reason": "str",
    "materials": "str",  # the list as written, separated by ';'
    "issues": "str",  # documents this step made, separated by ';'
}

CASE_COLUMNS: dict[str, str] = {
    "case_id": "str",
    "applicant_hash": "str",
    "applicant_type": "str",
    "item_code": "str",
    "item_name": "str",
    "channel": "str",
    "case_type": "str",
    "ts_apply": TIME_DTYPE,
    "ts_accept": TIME_DTYPE,
    "ts_finish": TIME_DTYPE,  # simulated logs: NaT = still inside when the run ended
    "final_result": "str",
    "limit_statutory": "float64",  # days, of which kind says the next but one
    "limit_promised": "float64",
    "limit_statutory_unit": "str",  # one of LIMIT_UNITS; missing = working days
    "limit_promised_unit": "str",
    "rating_1to5": "float64",  # 5 is best, NaN = not rated
    "journey_origin": "str",  # where `journey_id` comes from: one of `stitching.ORIGINS`
    "commitment_check": "str",  # one of COMMITMENT_CHECKS: what a later check of a promise found
    "region": "str",
}

MATERIAL_COLUMNS: dict[str, str] = {
    "case_id": "str",
    "activity": "str",
    "dept": "str",  # the department that receives it
    "material_name": "str",  # as written in the log
    "material_code": "str",
    "form": "str",
    "copies": "float64",
    "issuer_dept": "str",
    "source": "str",  # one of SOURCES, or the log's own word
    "ts_received": TIME_DTYPE,
    "attempt_no": "int64",  # nth submission at this step, from 1
    "issued_by_step": "str",
    "channel": "str",  # how the document came in, where it can differ from the event's channel
    "required": "str",  # as written
    "ts_valid_until": TIME_DTYPE,  # the document expires; NaT = unknown or never
    "file_row": "int64",
}

TICKET_COLUMNS: dict[str, str] = {
    "ticket_no": "str",
    "case_id": "str",
    "hall": "str",
    "business": "str",  # the queue
    "window": "str",
    "officer": "str",
    "ts_ticket": TIME_DTYPE,
    "ts_call": TIME_DTYPE,
    "ts_start": TIME_DTYPE,
    "ts_end": TIME_DTYPE,
    "status": "str",  # one of TICKET_STATUSES, or the machine's own word
    "ticket_type": "str",  # one of TICKET_TYPES, or the machine's own word
    "priority": "str",
    "ts_booked": TIME_DTYPE,  # begin of the booked slot
    "rating_1to5": "float64",
    "file_row": "int64",
}

CLOCK_STOP_COLUMNS: dict[str, str] = {
    "case_id": "str",
    "kind": "str",  # the special procedure, as written: 听证, 检验, 检测, 专家评审, ...
    "ts_start": TIME_DTYPE,
    "ts_end": TIME_DTYPE,  # NaT = still stopped
    "reason": "str",
    "file_row": "int64",
}

REVIEW_COLUMNS: dict[str, str] = {
    "case_id": "str",
    "ticket_no": "str",
    "dept": "str",
    "window": "str",
    "officer": "str",
    "channel": "str",
    "ts": TIME_DTYPE,
    "rating_1to5": "float64",  # 5 is best, NaN = invited but not rated
    "text": "str",
    "tags": "str",
    "file_row": "int64",
}

COMPLAINT_COLUMNS: dict[str, str] = {
    "complaint_id": "str",
    "case_id": "str",
    "applicant_hash": "str",
    "dept": "str",  # against whom
    "window": "str",
    "officer": "str",
    "ts_open": TIME_DTYPE,
    "ts_close": TIME_DTYPE,  # NaT = still open
    "limit_promised": "float64",  # working days within which it was to be closed
    "text": "str",
    "file_row": "int64",
}

CATALOG_COLUMNS: dict[str, str] = {
    "item_code": "str",
    "item_name": "str",
    "dept": "str",
    "case_type": "str",
    "limit_statutory": "float64",  # working days
    "limit_promised": "float64",  # working days
    "visits_promised": "float64",  # 到办事现场次数
    "material_name": "str",  # one row a document, or one row an item without documents
    "issuer_dept": "str",
    "source": "str",
    "e_licence": "str",  # "yes": an electronic licence stands in for the document; "no"; missing = unknown
    "file_row": "int64",
}

DEVICE_COLUMNS: dict[str, str] = {
    "device_id": "str",
    "hall": "str",
    "ts": TIME_DTYPE,  # the device is in `state` from here to its next row
    "state": "str",  # one of DEVICE_STATES
    "file_row": "int64",
}

MORE_TABLES: dict[str, dict[str, str]] = {
    "tickets": TICKET_COLUMNS,
    "clock_stops": CLOCK_STOP_COLUMNS,
    "reviews": REVIEW_COLUMNS,
    "complaints": COMPLAINT_COLUMNS,
    "catalog": CATALOG_COLUMNS,
    "devices": DEVICE_COLUMNS,
}
"""Tables a log may have beside events, cases and materials: attributes of `EventLog`, empty if unknown."""

# Values after mapping. The Chinese word is the one the national standards use; see docs/vocabulary.md.
PASS, RETURN, REJECT, DECLINE, WITHDRAW, ABANDON = (
    "通过",
    "补正",
    "退回",
    "不予受理",
    "撤回",
    "弃号",
)
RESULTS = (PASS, RETURN, REJECT, DECLINE, WITHDRAW, ABANDON)

COUNTER, KIOSK, ONLINE, BACK_OFFICE, APPLICANT = (
    "counter",
    "kiosk",
    "online",
    "back_office",
    "applicant",
)
PLACES = (COUNTER, KIOSK, ONLINE, BACK_OFFICE, APPLICANT)
PRESENT_PLACES = (COUNTER, KIOSK)  # the applicant stands there

BY_APPLICANT, SHARED, E_LICENCE, COMMITMENT = "申请人提交", "数据共享", "电子证照", "告知承诺"
SOURCES = (BY_APPLICANT, SHARED, E_LICENCE, COMMITMENT)

LIMIT_UNITS = ("working_days", "calendar_days")

KEPT, BREACHED = "属实", "不实"
COMMITMENT_CHECKS = (KEPT, BREACHED)

SERVED, TICKET_ABANDONED, TICKET_RETURNED = "完成", "弃号", "退办"
TICKET_STATUSES = ("等待", "叫号", "办理", SERVED, TICKET_ABANDONED, TICKET_RETURNED)
WALK_IN, REMOTE_TICKET, BOOKED = "现场", "远程", "预约"
TICKET_TYPES = (WALK_IN, REMOTE_TICKET, BOOKED)

UP, DOWN, OFF = "up", "down", "off"
DEVICE_STATES = (UP, DOWN, OFF)  # off: not scheduled to run

LIST_SEPARATOR = ";"


def holds(table: pd.DataFrame, column: str) -> bool:
    """Whether a table has this column with at least one value in it."""
    return column in table.columns and bool(table[column].notna().any())


def empty_table(columns: dict[str, str], only: Iterable[str] | None = None) -> pd.DataFrame:
    """A table without rows, its columns typed as `columns` says."""
    names = list(columns) if only is None else list(only)
    return pd.DataFrame({name: pd.Series([], dtype=columns[name]) for name in names})


@dataclass(frozen=True)
class EventLog:
    """Events in the order (case, time, file row), with the tables that hang on them.

    `events` always has `case_id`, `activity`, `time` and `file_row`; every other column of
    `EVENT_COLUMNS` is there only if the source knew it. `cases` has one row a case, `materials` one row
    a document handed in; the tables of `MORE_TABLES` are empty where the source has none. `options` is what
    the user asked of mining. The frames are not copied: treat them as read-only.
    """

    events: pd.DataFrame
    cases: pd.DataFrame = field(default_factory=lambda: empty_table(CASE_COLUMNS, ["case_id"]))
    materials: pd.DataFrame = field(default_factory=lambda: empty_table(MATERIAL_COLUMNS))
    tickets: pd.DataFrame = field(default_factory=lambda: empty_table(TICKET_COLUMNS))
    clock_stops: pd.DataFrame = field(default_factory=lambda: empty_table(CLOCK_STOP_COLUMNS))
    reviews: pd.DataFrame = field(default_factory=lambda: empty_table(REVIEW_COLUMNS))
    complaints: pd.DataFrame = field(default_factory=lambda: empty_table(COMPLAINT_COLUMNS))
    catalog: pd.DataFrame = field(default_factory=lambda: empty_table(CATALOG_COLUMNS))
    devices: pd.DataFrame = field(default_factory=lambda: empty_table(DEVICE_COLUMNS))
    aliases: MaterialAliases | None = None  # names that are one document; None: the project's list
    quality: QualityReport = field(default_factory=QualityReport)
    name: str = "log"
    zone: str = "local"
    simulated: bool = False
    options: FindingOptions = field(default_factory=FindingOptions)

    @cached_property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.events)

    @cached_property
    def n_cases(self) -> int:
        """Number of cases with at least one event."""
        return int(self.events["case_id"].nunique())

    @cached_property
    def activities(self) -> list[str]:
        """Names of the steps, the most frequent first."""
        return [str(name) for name in self.events["activity"].value_counts().index]

    def has(self, *columns: str) -> bool:
        """Whether `events` has all these columns with at least one value in each."""
        return all(holds(self.events, c) for c in columns)

    def require(self, *columns: str, purpose_zh: str, purpose_en: str) -> None:
        """Raise `MissingColumnsError` naming the columns of `events` that `purpose` needs and lacks."""
        missing = [c for c in columns if not self.has(c)]
        if missing:
            names = ", ".join(missing)
            raise MissingColumnsError(
                zh=f"{self.name}：{purpose_zh}需要列 {names}，日志中没有或全部为空。",
                en=f"{self.name}: {purpose_en} needs the columns {names}, which are missing or empty.",
            )

    def of_cases(self, case_ids: Iterable[str]) -> EventLog:
        """The part of the log that belongs to `case_ids`; the quality report stays that of the whole.

        Rows of `MORE_TABLES` that name no case (a ticket of a queue machine, a device) stay too.
        """
        wanted = pd.Index(list(case_ids))

        def part(table: pd.DataFrame) -> pd.DataFrame:
            if "case_id" not in table.columns:
                return table
            case = table["case_id"]
            return table[case.isin(wanted) | case.isna()].reset_index(drop=True)

        tables = {name: part(getattr(self, name)) for name in ("events", "cases", "materials", *MORE_TABLES)}
        return replace(self, **tables)


def sort_events(events: pd.DataFrame) -> pd.DataFrame:
    """Events in the one order of the project: case (by id), time, file row. Returns a new frame."""
    order = event_order(
        rank_of_cases(events["case_id"]),
        events["time"].to_numpy().astype("int64"),
        events["file_row"].to_numpy(),
    )
    in_order = bool(np.array_equal(order, np.arange(order.size)))
    return (events if in_order else events.iloc[order]).reset_index(drop=True)
