"""What the user decided about a file: the `--columns` file, and options given beside it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from mining.errors import LogError
from mining.reading.aliases import CASE_ALIASES, EVENT_ALIASES
from mining.reading.notes import listed
from mining.reading.raw import CASE_PREFIX
from mining.reading.table_aliases import TABLE_ALIASES

ColumnsArgument = str | Path | Mapping[str, Any] | None
TableChoice = str | tuple[str, ...] | None

JOINT = " | "  # between headers of which the first with a value counts

APPLICANT = "applicant"  # the header that identifies the applicant; hashed
OPTIONS = (
    *(
        "columns",
        "values",
        "timezone",
        "day_first",
        "fill_down",
        "sheet",
        "keep_duplicates",
        "zero_clock",
        "not_personal",
    ),
    *TABLE_ALIASES,
)
EVENT_FILE_COLUMNS = (
    *EVENT_ALIASES,
    *CASE_ALIASES,
    *(CASE_PREFIX + name for name in ("item_code", "item_name", "channel", "ts_accept")),
    APPLICANT,
)


class ColumnChoices(BaseModel):
    """Decisions about a log: column -> header (None: do not look for it), and how to read values.

    `values` maps words of the file per column, before the built-in words. `fill_down` names columns whose
    blank cells repeat the cell above (merged cells); none are filled unless named. `sheet` is a sheet of a
    workbook. `keep_duplicates` keeps rows that repeat an earlier one in every cell (those of XES always are).
    `not_personal` names columns whose values stay as written although they look like personal data.
    `tables` has the columns of the tables beside the events, where several headers may stand for a column of
    tickets: the first with a value counts. `zero_clock: none` reads 0:00:00 in tickets as no time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str | None] = {}
    tables: dict[str, dict[str, TableChoice]] = {}
    values: dict[str, dict[str, str]] = {}
    timezone: str | None = None
    day_first: bool | None = None
    fill_down: tuple[str, ...] = ()
    sheet: str | None = None
    keep_duplicates: bool = False
    not_personal: tuple[str, ...] = ()
    zero_clock: Literal["none", "midnight"] = "midnight"

    def of_table(self, kind: str) -> dict[str, str | None]:
        """Decisions about the columns of a table beside the events, one header each."""
        chosen = self.tables.get(kind, {})
        return {
            name: JOINT.join(header) if isinstance(header, tuple) else header
            for name, header in chosen.items()
        }

    def headers_of(self, kind: str) -> list[str]:
        """All headers named for a table."""
        chosen = self.tables.get(kind, {}).values()
        return [
            name for header in chosen for name in (header if isinstance(header, tuple) else (header,)) if name
        ]


def read_choices(
    columns: ColumnsArgument, timezone: str | None = None, day_first: bool | None = None
) -> ColumnChoices:
    """The decisions in a YAML file or a dict; `timezone` and `day_first` win over those in it.

    The short form without `columns:` has the columns themselves at the top. Raises `LogError` naming the key
    that is not known and those that are.
    """
    where, document = _load(columns)
    sections = {key: value for key, value in document.items() if key in OPTIONS}
    short = {key: value for key, value in document.items() if key not in OPTIONS}
    sections["columns"] = {**short, **_mapping(sections.get("columns"), "columns", where)}
    tables = {kind: _mapping(sections.pop(kind), kind, where) for kind in TABLE_ALIASES if kind in sections}
    sections["tables"] = tables
    sections["values"] = {
        column: {str(word): str(meaning) for word, meaning in _mapping(words, column, where).items()}
        for column, words in _mapping(sections.get("values"), "values", where).items()
    }
    sections["fill_down"] = _fill_down(sections.get("fill_down"))
    sections["not_personal"] = _names(sections.get("not_personal"))
    if timezone is not None:
        sections["timezone"] = timezone
    if day_first is not None:
        sections["day_first"] = day_first
    _check_keys(sections["columns"], EVENT_FILE_COLUMNS, OPTIONS, where)
    for kind, chosen in tables.items():
        _check_keys(chosen, tuple(TABLE_ALIASES[kind]), (), where)
    named = tuple(dict.fromkeys((*EVENT_FILE_COLUMNS, *(n for a in TABLE_ALIASES.values() for n in a))))
    _check_keys(sections["values"], named, (), where)
    _check_keys(sections["fill_down"], EVENT_FILE_COLUMNS, (), where)
    _check_keys(sections["not_personal"], named, (), where)
    try:
        return ColumnChoices.model_validate(sections)
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise LogError(
            zh=f"{where}：字段 {field} 的值 {first['input']!r} 不合要求（{first['msg']}）。",
            en=f"{where}: field {field} has the value {first['input']!r}: {first['msg']}.",
        ) from None


def _load(columns: ColumnsArgument) -> tuple[str, dict[str, Any]]:
    if columns is None:
        return "columns", {}
    if isinstance(columns, Mapping):
        return "columns", {str(key): value for key, value in columns.items()}
    path = Path(columns)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise LogError(
            zh=f"{path.name}：列映射文件无法打开（{problem.strerror}）。",
            en=f"{path.name}: the columns file cannot be opened ({problem.strerror}).",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        reason = " ".join(str(problem).split())
        raise LogError(
            zh=f"{path.name}：列映射文件不是有效的 UTF-8 YAML（{reason}）。",
            en=f"{path.name}: the columns file is not valid YAML in UTF-8 ({reason}).",
        ) from None
    return path.name, {str(key): value for key, value in _mapping(document, "file", path.name).items()}


def _mapping(value: Any, field: str, where: str) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise LogError(
            zh=f"{where}：{field} 应为“列: 表头”的对照表，现为 {value!r}。",
            en=f"{where}: {field} must be a mapping like 'case_id: 办件编号', found {value!r}.",
        )
    return dict(value)


def _fill_down(value: Any) -> tuple[str, ...]:
    if value is True:
        return ("case_id",)
    return () if value is False else _names(value)


def _names(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _check_keys(keys: Iterable[Any], allowed: tuple[str, ...], options: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key not in allowed:
            near = difflib.get_close_matches(str(key), (*allowed, *options), n=1)
            hint_zh = f"是否想写 {near[0]}？" if near else ""
            hint_en = f" Did you mean {near[0]}?" if near else ""
            names = listed((*allowed, *options), at_most=80)
            raise LogError(
                zh=f"{where}：没有名为“{key}”的列。{hint_zh}可用：{names}。",
                en=f"{where}: there is no column {key!r}.{hint_en} Allowed are: {names}.",
            )
