"""XES as programs write it, read a block of whole traces at a time; see `mining.reading.xml_tags`.

Several times faster than a parser that calls back for each tag, and gives the same table: the head of the
file goes through that parser (so a document type declaration is refused as ever), the traces must be plain,
and behind them nothing but the end of the log may stand. Where any of this does not hold, the result is None
and the whole file is read by the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mining.reading.sparse_columns import SparseColumns
from mining.reading.xml_tags import NotPlainError, Tags, take_tags

_BLOCK_BYTES = 4 * 1024 * 1024
_LONGEST_HEAD = 16 * 1024 * 1024
_FIRST, _LAST = b"<trace>", b"</trace>"
_END = re.compile(rb"\s*</log>\s*")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&", re.ASCII)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def read_plain(stream: Any, check_head: Callable[[bytes], None]) -> PlainXes | None:
    """The events and traces of a stream of plain XES; None where it is not plain.

    `check_head` is given all that stands before the first trace; it raises `NotPlainError` unless a log
    begins there.
    """
    columns = PlainXes()
    try:
        for block in _blocks(stream, check_head):
            columns.read(block)
    except NotPlainError:
        return None
    return columns


def _blocks(stream: Any, check_head: Callable[[bytes], None]) -> Iterator[bytes]:
    """Whole traces, some megabytes at a time."""
    text = b""
    while (begin := text.find(_FIRST)) < 0:
        more = stream.read(_BLOCK_BYTES)
        if not more or len(text) > _LONGEST_HEAD:
            raise NotPlainError
        text += more
    check_head(text[:begin])
    text = text[begin:]
    while True:
        end = text.rfind(_LAST) + len(_LAST)
        if end >= len(_LAST):
            yield text[:end]
            text = text[end:]
        more = stream.read(max(_BLOCK_BYTES, len(text)))
        if not more:
            break
        text += more
    if not _END.fullmatch(text):
        raise NotPlainError


class PlainXes:
    """Columns of events and traces, filled block by block; raises `NotPlainError` where one is not plain."""

    def __init__(self) -> None:
        self.events, self.traces = SparseColumns(), SparseColumns()
        self.trace_of_event: list[np.ndarray] = []
        self.n_events = self.n_traces = 0

    def read(self, block: bytes) -> None:
        """Add a block of whole traces."""
        tags = take_tags(block)
        values = _Values(block, tags)
        names = [_name(text) for text in tags.key_texts]
        for columns, of_columns, before in (
            (self.events, tags.in_event, self.n_events),
            (self.traces, ~tags.in_event, self.n_traces),
        ):
            for key, chosen in values.by_key(of_columns):
                columns.add(names[key], tags.owner[chosen] + before, values.take(chosen))
        self.trace_of_event.append(tags.trace_of_event + self.n_traces)
        self.n_events += tags.trace_of_event.size
        self.n_traces += tags.n_traces


class _Values:
    """The values of a block's attributes."""

    def __init__(self, block: bytes, tags: Tags) -> None:
        # one array over the whole block: value, what is between, value, ...; taking copies only the values
        places = np.stack([tags.value_begins, tags.value_ends], axis=1).ravel()
        offsets, data = pa.py_buffer(places.astype("int64")), pa.py_buffer(block)
        self._texts = pa.Array.from_buffers(pa.large_binary(), max(places.size - 1, 0), [None, offsets, data])
        self._key = tags.key
        self._escaped = b"&" in block

    def by_key(self, wanted: np.ndarray) -> list[tuple[int, np.ndarray]]:
        """Of the wanted attributes those with each key, in the order of the file, by key as first seen."""
        attributes = np.flatnonzero(wanted)
        if not attributes.size:
            return []
        attributes = attributes[np.argsort(self._key[attributes], kind="stable")]
        begins = np.flatnonzero(np.diff(self._key[attributes])) + 1
        groups = sorted(np.split(attributes, begins), key=lambda group: group[0])
        return [(int(self._key[group[0]]), group) for group in groups]

    def take(self, attributes: np.ndarray) -> pa.Array:
        try:
            values = self._texts.take(pa.array(attributes * 2)).cast(pa.large_string())
        except pa.ArrowInvalid:  # no UTF-8
            raise NotPlainError from None
        return _all_unescaped(values) if self._escaped else values


def _name(key: bytes) -> str:
    if b"&" in key:
        raise NotPlainError
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError:
        raise NotPlainError from None


def _all_unescaped(values: pa.Array) -> pa.Array:
    escaped = pc.match_substring(values, "&")
    if not pc.any(escaped).as_py():
        return values
    different = values.filter(escaped).dictionary_encode()
    plain = pa.array([_unescaped(text) for text in different.dictionary.to_pylist()], pa.large_string())
    return pc.replace_with_mask(values, escaped, plain.take(different.indices))


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    name, decimal, hexadecimal = reference.groups()
    if name is not None:
        return _NAMED[name]
    if decimal is None and hexadecimal is None:
        raise NotPlainError
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    if not allowed and not 0x10000 <= code <= 0x10FFFF:
        raise NotPlainError
    return chr(code)
