"""Which header is which column: the user's choice, then the best alias."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from mining.errors import LogError
from mining.reading.aliases import (
    CASE_ALIASES,
    CASE_OR_EVENT_ALIASES,
    EVENT_ALIASES,
    Aliases,
    fold_aliases,
    fold_header,
    identity_rank,
    is_identity,
)
from mining.reading.choices import APPLICANT
from mining.reading.notes import Notes, listed
from mining.reading.raw import CASE_PREFIX, RawTable

EVENT_FILE_ALIASES: Aliases = {**EVENT_ALIASES, **CASE_ALIASES}
CASE_SCOPED_ALIASES: Aliases = {**CASE_ALIASES, **CASE_OR_EVENT_ALIASES}


@dataclass
class HeaderMap:
    """Column -> header; columns of the whole case that events have too carry `case:` in front.

    `identity` are headers with personal data, the best identifier first. `unmapped` are all others.
    """

    columns: dict[str, str] = field(default_factory=dict)
    identity: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)


def event_file_headers() -> set[str]:
    """All headers an event file may use, for finding the header row."""
    return {alias for names in EVENT_FILE_ALIASES.values() for alias in names}


def map_event_headers(raw: RawTable, chosen: Mapping[str, str | None], notes: Notes) -> HeaderMap:
    """The headers of an event file; raises `LogError` where one chosen is not there."""
    headers = raw.headers
    result = HeaderMap()
    applicant = _choose(raw, {name: header for name, header in chosen.items() if name == APPLICANT}, headers)
    result.columns = _choose(
        raw, {name: header for name, header in chosen.items() if name != APPLICANT}, headers
    )
    result.identity = list(applicant.values())
    free = [h for h in headers if h not in {*result.columns.values(), *result.identity}]
    own = [header for header in free if not header.startswith(CASE_PREFIX) or _is_case_id(header)]
    _map_free(raw, own, EVENT_FILE_ALIASES, set(chosen), result.columns, notes)
    of_case = {header[len(CASE_PREFIX) :]: header for header in free if header not in own}
    _map_case_scoped(raw, of_case, set(chosen), result.columns)
    rest = [header for header in free if header not in result.columns.values()]
    personal = [header for header in rest if is_identity(header.removeprefix(CASE_PREFIX))]
    result.identity += sorted(personal, key=lambda h: identity_rank(h.removeprefix(CASE_PREFIX)))
    result.unmapped = [header for header in rest if header not in result.identity]
    return result


def map_table_headers(
    raw: RawTable, aliases: Aliases, chosen: Mapping[str, str | None], notes: Notes
) -> HeaderMap:
    """The headers of a table beside the events, whose columns go by `aliases`."""
    result = HeaderMap(columns=_choose(raw, chosen, raw.headers))
    free = [header for header in raw.headers if header not in result.columns.values()]
    _map_free(raw, free, aliases, set(chosen), result.columns, notes)
    rest = [header for header in free if header not in result.columns.values()]
    result.identity = sorted((header for header in rest if is_identity(header)), key=identity_rank)
    result.unmapped = [header for header in rest if header not in result.identity]
    return result


def _is_case_id(header: str) -> bool:
    return fold_header(header) in {fold_header(alias) for alias in EVENT_ALIASES["case_id"]}


def _choose(raw: RawTable, chosen: Mapping[str, str | None], headers: list[str]) -> dict[str, str]:
    by_fold = {fold_header(header): header for header in reversed(headers)}
    found: dict[str, str] = {}
    for column, wanted in chosen.items():
        if wanted is None:
            continue
        header = wanted if wanted in headers else by_fold.get(fold_header(wanted))
        if header is None:
            raise LogError(
                zh=f"{raw.file}：列 {column} 指定的表头“{wanted}”不存在，文件中的表头有：{listed(headers)}。",
                en=f"{raw.file}: column {column} is to come from {wanted!r}, which is not a header of "
                f"the file. There are: {listed(headers)}.",
            )
        found[column] = header
    return found


def _map_free(
    raw: RawTable,
    free: Iterable[str],
    aliases: Aliases,
    decided: Collection[str],
    columns: dict[str, str],
    notes: Notes,
) -> None:
    """Give each column its best free header: by rank of the alias, those with values before empty ones."""
    index = fold_aliases(aliases)
    matches = {header: index.get(fold_header(header), {}) for header in free}
    passed_over: dict[str, list[str]] = {}
    for column in aliases:
        if column in decided:
            continue
        candidates = [h for h in matches if column in matches[h] and h not in columns.values()]
        if not candidates:
            continue
        ranks = {h: (len(candidates) > 1 and raw.is_empty(h), matches[h][column]) for h in candidates}
        best, *others = sorted(candidates, key=lambda header: ranks[header])
        columns[column] = best
        passed_over[column] = others
    for column, others in passed_over.items():
        left = [header for header in others if header not in columns.values()]
        notes.add(
            "several_headers",
            "info",
            zh=f"列 {column} 有多个可用表头：采用“{columns[column]}”，未用 {listed(left)}。",
            en=f"column {column} has several headers: {columns[column]!r} is used, not {listed(left)}.",
            rows=len(left) and raw.rows_read,
        )


def _map_case_scoped(
    raw: RawTable, of_case: Mapping[str, str], decided: Collection[str], columns: dict[str, str]
) -> None:
    """Attributes of the whole case onto columns of the case, never onto those of an event."""
    index = fold_aliases(CASE_SCOPED_ALIASES)
    for column in CASE_SCOPED_ALIASES:
        name = CASE_PREFIX + column if column in CASE_OR_EVENT_ALIASES else column
        if name in decided or name in columns:
            continue
        ranked = sorted(
            (index[fold_header(bare)][column], header)
            for bare, header in of_case.items()
            if column in index.get(fold_header(bare), {}) and header not in columns.values()
        )
        for _, header in ranked:
            if not raw.is_empty(header):
                columns[name] = header
                break


REQUIRED = {
    "case_id": ("办件编号（每行属于哪个办件）", "the case each row belongs to"),
    "activity": ("环节名称（做了什么）", "the step that was done"),
    "time": ("时间（开始、结束或时间戳）", "a time: start, end or timestamp"),
}


def require_columns(raw: RawTable, mapped: HeaderMap) -> None:
    """Raise `LogError` where a log lacks the case, the step or any time."""
    lacking = [column for column in ("case_id", "activity") if column not in mapped.columns]
    if not {"time", "ts_start", "ts_end"} & mapped.columns.keys():
        lacking.append("time")
    if not lacking:
        return
    column = lacking[0]
    zh, en = REQUIRED[column]
    names = EVENT_ALIASES[column]
    if column == "time":
        names = EVENT_ALIASES["ts_end"][:10] + EVENT_ALIASES["ts_start"][:8] + EVENT_ALIASES["time"]
    raise LogError(
        zh=f"{raw.file}：没有找到{zh}。文件中的表头：{listed(raw.headers)}。"
        f"可识别的表头：{listed(names)}；或在列映射文件中写明 {column}: 表头。",
        en=f"{raw.file}: no column tells {en}. Headers found: {listed(raw.headers)}. "
        f"Accepted are: {listed(names)}; or say '{column}: header' in the columns file.",
    )
