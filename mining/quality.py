"""The data-quality report: what was found in a file, what was set aside, what was assumed.

Nothing is dropped in silence: every rejected row is listed with its row number and reason, and every
repair or assumption is counted with example rows.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mining.text import Language, Text

MAX_EXAMPLES = 5

Severity = Literal["info", "warning", "rejected"]


class QualityIssue(BaseModel):
    """One kind of trouble in a log: how many rows, of how many, and a few of them."""

    model_config = ConfigDict(frozen=True)

    code: str  # snake_case, stable: "end_before_start", "duplicate_rows", ...
    severity: Severity
    message: Text  # what was found and what was done about it
    rows: int
    of_rows: int
    examples: tuple[str, ...] = ()  # "row 41: end 09:10 is before start 09:30 (case P-1007, step 受理)"

    @property
    def share(self) -> float:
        """Rows concerned over all rows, 0 to 1."""
        return self.rows / self.of_rows if self.of_rows else 0.0


class RejectedRow(BaseModel):
    """A row that could not be read and is not part of the log."""

    model_config = ConfigDict(frozen=True)

    file: str
    file_row: int
    reason: Text
    values: dict[str, str]


class QualityReport(BaseModel):
    """What reading a log found. `rows_read` = `events_kept` + rejected rows + duplicate rows dropped."""

    model_config = ConfigDict(frozen=True)

    source: str = ""
    format: str = ""
    encoding: str | None = None
    zone: str = "local"
    rows_read: int = 0
    events_kept: int = 0
    mapping: dict[str, str] = {}  # canonical column -> header in the file
    unmapped: tuple[str, ...] = ()  # headers no column was found for
    issues: tuple[QualityIssue, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    # code of an issue -> numbers of all its rows in the file, an int64 array each; not part of the document
    file_rows: dict[str, Any] = Field(default={}, exclude=True, repr=False)

    def issue(self, code: str) -> QualityIssue | None:
        """The issue with this code, or None."""
        return next((issue for issue in self.issues if issue.code == code), None)

    def to_json(self, language: Language) -> dict[str, object]:
        """A JSON document with the messages in `language`; rejected rows are all listed."""
        return {
            "source": self.source,
            "format": self.format,
            "encoding": self.encoding,
            "zone": self.zone,
            "rows_read": self.rows_read,
            "events_kept": self.events_kept,
            "rows_rejected": len(self.rejected),
            "mapping": self.mapping,
            "unmapped_headers": list(self.unmapped),
            "issues": [
                {
                    "code": issue.code,
                    "severity": issue.severity,
                    "message": issue.message.in_language(language),
                    "rows": issue.rows,
                    "share": round(issue.share, 6),
                    "examples": list(issue.examples),
                }
                for issue in self.issues
            ],
            "rejected": [
                {
                    "file": row.file,
                    "row": row.file_row,
                    "reason": row.reason.in_language(language),
                    "values": row.values,
                }
                for row in self.rejected
            ],
        }
