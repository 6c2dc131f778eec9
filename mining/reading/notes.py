"""The notebook of one reading: issues and rejected rows, collected until the report is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mining.quality import MAX_EXAMPLES, QualityIssue, RejectedRow, Severity
from mining.text import Text


@dataclass
class Notes:
    """What reading found so far; `of_rows` is the number of rows of the file.

    `mask` takes personal data out of what is shown: messages, examples, values of rejected rows.
    """

    file: str
    of_rows: int
    mask: Callable[[str], str] = str
    issues: list[QualityIssue] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    file_rows: dict[str, np.ndarray] = field(default_factory=dict)

    def add(
        self,
        code: str,
        severity: Severity,
        *,
        zh: str,
        en: str,
        rows: int,
        examples: Iterable[str] = (),
        of_rows: int | None = None,
        file_rows: np.ndarray | None = None,
    ) -> None:
        """Note an issue; nothing is noted where it concerns no row. `file_rows` numbers all of them."""
        if rows == 0:
            return
        if file_rows is not None:
            earlier = self.file_rows.get(code)
            self.file_rows[code] = file_rows if earlier is None else np.concatenate([earlier, file_rows])
        shown = [example for example, _ in zip(examples, range(MAX_EXAMPLES), strict=False)]
        self.issues.append(
            QualityIssue(
                code=code,
                severity=severity,
                message=self._masked(Text(zh=zh, en=en)),
                rows=int(rows),
                of_rows=self.of_rows if of_rows is None else of_rows,
                examples=tuple(self.mask(example) for example in shown),
            )
        )

    def reject(self, file_row: int, reason: Text, values: dict[str, str]) -> None:
        """Note a row that is set aside."""
        shown = {self.mask(header): self.mask(value) for header, value in values.items()}
        self.rejected.append(
            RejectedRow(file=self.file, file_row=int(file_row), reason=self._masked(reason), values=shown)
        )

    def _masked(self, text: Text) -> Text:
        return Text(zh=self.mask(text.zh), en=self.mask(text.en))


def listed(names: Sequence[str], at_most: int = 40) -> str:
    """Names for a message: `a, b, c, ... (12 more)`."""
    shown = ", ".join(names[:at_most])
    more = len(names) - at_most
    return f"{shown}, ... (+{more})" if more > 0 else shown
