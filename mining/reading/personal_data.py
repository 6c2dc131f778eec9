"""Personal data in any column of a file: hashed while reading, before anything else looks at it.

What a header calls personal is hashed or left out by `mining.reading.privacy`. This module looks at the
values of the columns that are kept, because an identity number can stand in a case number, a phone in a
remark, a name in the column of the officer. It works on the different values of a column, of three kinds:

- identifiers (case, journey, ticket): replaced where most of the column is personal, so that a case number
  which happens to look like a phone stays;
- officers: where most different values look like names of people, those are replaced;
- all other text: each piece found is replaced where it stands, names only in remarks. A column of decimal
  numbers (amounts, areas) is left alone: its digits after the point have no sense of their own.

The same piece gives the same hash for one salt, so that tables can still be joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from mining.event_log import TIME_COLUMNS
from mining.reading.coded import encoded
from mining.reading.notes import Notes
from mining.reading.personal_tokens import (
    NAMES_SHARE,
    QUICK,
    looks_like_name,
    personal_kind,
    replace_personal,
)
from mining.reading.privacy import hash_person
from mining.reading.raw import RawTable
from mining.text import Text

_TIMES = frozenset({*TIME_COLUMNS, "time"})
IDENTIFIERS = frozenset({"case_id", "journey_id", "ticket_no", "visit_id", "instance", "complaint_id"})
OFFICERS = frozenset({"officer"})
REMARKS = frozenset({"reason", "text", "tags"})
PERSONAL_IDENTIFIERS_SHARE = 0.5
"""Of the different identifiers, so many must be personal before any is replaced (an assumption)."""
PHONE_PREFIXES_SHARE = 0.2
"""Phones of different people begin differently; running numbers of 11 digits do not (an assumption)."""
FRACTIONS_SHARE = 0.5
"""Of different decimal numbers, more than this must have a fraction other than zero (an assumption)."""
_DECIMAL = r"^\s*[-+]?\d+\.\d+(?:[eE][-+]?\d+)?\s*$"
_FRACTION = r"\.0*[1-9]"
KINDS: dict[str, Text] = {
    "identity_number": Text(zh="身份证号", en="identity numbers"),
    "credit_code": Text(zh="统一社会信用代码", en="social credit codes"),
    "phone": Text(zh="电话号码", en="phone numbers"),
    "bank_card": Text(zh="银行卡号", en="bank cards"),
    "e_mail": Text(zh="电子邮箱", en="e-mail addresses"),
    "name": Text(zh="姓名", en="names"),
}


@dataclass
class _Replaced:
    """The values that change, and how many pieces of which kind they held."""

    values: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)


def hash_personal_data(
    raw: RawTable, columns: Mapping[str, str], keep: Collection[str], salt: str, notes: Notes
) -> RawTable:
    """The table with personal data in these columns (column -> header) replaced by hashes.

    Columns in `keep` stay as written: somebody decided that nothing in them is personal. What was replaced is
    noted for each column, by kind.
    """
    tables: dict[str, pa.Table] = {"table": raw.table}
    if raw.traces is not None:
        tables["traces"] = raw.traces
    for column, header in columns.items():
        if column in keep or column.removeprefix("case:") in _TIMES:
            continue
        for part, table in tables.items():
            if header not in table.column_names or not _is_text(table.column(header).type):
                continue  # of a time only the number is kept
            codes = encoded(table.column(header))
            table = tables[part] = table.set_column(table.column_names.index(header), header, codes)
            found = _find(_different(codes), column, salt)
            if found.values:
                tables[part], rows = _replace(table, header, found.values)
                _note(column, header, found, rows, table.num_rows, notes)
    return replace(raw, table=tables["table"], traces=tables.get("traces"))


def mask_personal(text: str, salt: str) -> str:
    """A message or an example with personal data replaced; for what is shown beside the log."""
    return replace_personal(text, lambda kind, piece: _mark(piece, salt))


def masked(text: Text, salt: str) -> Text:
    """`mask_personal` in both languages."""
    return Text(zh=mask_personal(text.zh, salt), en=mask_personal(text.en, salt))


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _different(codes: pa.DictionaryArray) -> pa.Array:
    """The different values of a column of text."""
    different = codes.dictionary.cast(pa.large_string())
    return different.filter(pc.greater(pc.binary_length(different), 0))


def _find(values: pa.Array, column: str, salt: str) -> _Replaced:
    bare = column.removeprefix("case:")
    if bare in IDENTIFIERS:
        return _personal_identifiers(_sifted(values), len(values), salt)
    if bare in OFFICERS:
        return _names_of_officers(values.to_pylist(), salt)
    if _are_decimals(values):
        return _Replaced()
    return _pieces(_sifted(values), bare in REMARKS, salt)


def _sifted(values: pa.Array) -> list[str]:
    """The values worth a closer look."""
    plain = pc.all(pc.string_is_ascii(values)).as_py()
    folded = values if plain else pc.utf8_normalize(values, form="NFKC")
    return values.filter(pc.match_substring_regex(folded, QUICK, ignore_case=True)).to_pylist()


def _are_decimals(values: pa.Array) -> bool:
    """Whether all values are decimal numbers, most with a fraction; identity numbers kept as 3301...0.0 have
    none, so they are not."""
    if not len(values) or not pc.all(pc.match_substring_regex(values, _DECIMAL)).as_py():
        return False
    fractions = pc.sum(pc.match_substring_regex(values, _FRACTION)).as_py()
    return bool(fractions > FRACTIONS_SHARE * len(values))


def _personal_identifiers(values: list[str], n_different: int, salt: str) -> _Replaced:
    found = _pieces(values, False, salt, _whole(salt))
    if len(found.values) < PERSONAL_IDENTIFIERS_SHARE * n_different:
        return _Replaced()
    phones = [value for value in found.values if personal_kind(value) == "phone"]
    if len(phones) > len(found.values) / 2:
        prefixes = {phone[:7] for phone in phones}
        if len(phones) > 1 and len(prefixes) < PHONE_PREFIXES_SHARE * len(phones):
            return _Replaced()
    return found


def _names_of_officers(values: list[str], salt: str) -> _Replaced:
    names = [value for value in values if looks_like_name(value)]
    found = _pieces(_sifted(pa.array(values, pa.large_string())), False, salt)
    if len(names) >= NAMES_SHARE * len(values):
        found.values |= {name: f"#{hash_person(name, salt)[:8]}" for name in names}
        found.kinds["name"] += len(names)
    return found


def _whole(salt: str) -> Callable[[str], str]:
    return lambda piece: f"#{hash_person(piece, salt)}"


def _mark(piece: str, salt: str) -> str:
    return f"〔#{hash_person(piece, salt)[:8]}〕"


def _pieces(
    values: list[str], with_names: bool, salt: str, mark: Callable[[str], str] | None = None
) -> _Replaced:
    found = _Replaced()

    def replacement(kind: str, piece: str) -> str:
        if kind == "name" and not with_names:
            return piece
        found.kinds[kind] += 1
        return mark(piece) if mark else _mark(piece, salt)

    for value in values:
        before = found.kinds.total()
        changed = replace_personal(value, replacement)
        if found.kinds.total() > before:
            found.values[value] = changed
    return found


def _replace(table: pa.Table, header: str, values: Mapping[str, str]) -> tuple[pa.Table, int]:
    """The table with these values of a column changed, and the number of rows concerned."""
    column = table.column(header)
    old, new = pa.array(list(values), pa.large_string()), pa.array(list(values.values()), pa.large_string())
    text = column.cast(pa.large_string())
    at = pc.index_in(text, value_set=old)
    changed = pc.coalesce(pc.take(new, at), text).cast(pa.string())
    position = table.column_names.index(header)
    return table.set_column(position, header, changed), len(at) - at.null_count


def _note(column: str, header: str, found: _Replaced, rows: int, of_rows: int, notes: Notes) -> None:
    zh = "、".join(KINDS[kind].zh for kind in found.kinds)
    en = ", ".join(KINDS[kind].en for kind in found.kinds)
    notes.add(
        "personal_data_hashed",
        "info",
        zh=f"列“{header}”中的{zh}只保留加盐哈希；若并非个人信息，可在列映射文件中写 "
        f"not_personal: [{column}]。",
        en=f"{en} in column {header!r} are kept as salted hashes only; if they are none, say "
        f"not_personal: [{column}] in the columns file.",
        rows=rows,
        of_rows=of_rows,
    )
