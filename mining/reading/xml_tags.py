"""The tags of a block of plain XES, all at once with NumPy.

"Plain" is how programs write event logs: `<trace>`, `<event>` and attributes such as
`<string key="org:group" value="税务"/>`, white space between them and nothing else. Each byte of a block is
accounted for; a comment, a nested attribute, another kind of quotation mark or anything else raises
`NotPlainError`, and the file is read by a full XML parser instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_LESS, _GREATER, _QUOTE, _SLASH, _SPACE = (np.uint8(ord(sign)) for sign in '<>"/ ')
_FIRST_PRINTABLE = np.uint8(32)
_WHITE = b" \t\r\n"
_WORD = 8  # bytes compared at a time
PADDING = bytes(2 * _WORD)  # behind the text, so that the last word can be loaded
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(_WORD + 1)], "uint64")  # the first n bytes
_ODD = np.uint64(0x9E3779B97F4A7C15)
_TYPES = ("string", "date", "int", "float", "boolean", "id")
_LAST_PLANE = np.uint8(0xEF)  # U+FFFE and U+FFFF, forbidden in XML, begin with it
_MOST_GAPS = 64  # different ways to indent


class NotPlainError(Exception):
    """The block is no plain XES; it may be good XML all the same."""


@dataclass(frozen=True)
class Tags:
    """A block of whole traces, taken apart: one value an event, and one value an attribute.

    Events and traces are counted from 0 within the block. `value_begins` and `value_ends` are places in the
    block. `in_event`: whether an attribute belongs to an event, else to its trace; `owner` is its number.
    """

    n_traces: int
    trace_of_event: np.ndarray
    in_event: np.ndarray
    owner: np.ndarray
    key: np.ndarray  # code
    key_texts: list[bytes]  # the text of each code
    value_begins: np.ndarray
    value_ends: np.ndarray


def take_tags(block: bytes) -> Tags:
    """The tags of a block that begins with a trace and ends with one; raises `NotPlainError`."""
    text = _Text(block)
    _require_characters(text)
    begins, ends = text.places(_LESS), text.places(_GREATER)
    _require(begins.size == ends.size and begins.size > 0)
    _require(bool(np.all(begins < ends) and np.all(ends[:-1] < begins[1:])))
    _require_white_space(text, begins, ends)
    word = text.words(begins)
    trace, event = _is(word, b"<trace>"), _is(word, b"<event>")
    trace_end, event_end = _is(word, b"</trace>"), _is(word, b"</event>")
    attribute = ~(trace | event | trace_end | event_end)
    depth = np.cumsum(trace.astype("int8") - trace_end + event - event_end, dtype="int32")
    _require(
        bool(
            np.all(depth[trace] == 1)
            and np.all(depth[event] == 2)
            and np.all(depth[event_end] == 1)
            and np.all(depth[trace_end] == 0)
            and np.all(depth[attribute] >= 1)
            and depth[-1] == 0
        )
    )
    quotes = text.places(_QUOTE)
    _require(quotes.size == 4 * np.count_nonzero(attribute))
    quotes = quotes.reshape(-1, 4)
    _require_attributes(text, begins[attribute], ends[attribute], quotes)
    key, key_texts = _keys(text, quotes[:, 0] + 1, quotes[:, 1])
    trace_number, event_number = np.cumsum(trace) - 1, np.cumsum(event) - 1
    in_event = depth[attribute] == 2
    return Tags(
        n_traces=int(np.count_nonzero(trace)),
        trace_of_event=trace_number[event],
        in_event=in_event,
        owner=np.where(in_event, event_number[attribute], trace_number[attribute]),
        key=key,
        key_texts=key_texts,
        value_begins=quotes[:, 2] + 1,
        value_ends=quotes[:, 3],
    )


def _require(condition: bool) -> None:
    if not condition:
        raise NotPlainError


def _word_of(text: bytes) -> np.uint64:
    return np.frombuffer(text.ljust(_WORD, b"\0")[:_WORD], "<u8")[0]


def _is(words: np.ndarray, text: bytes) -> np.ndarray:
    """Which words begin with a text of at most eight bytes."""
    return (words & _MASKS[len(text)]) == _word_of(text)


class _Text:
    """The bytes of a block, and eight of them from any place as one number."""

    def __init__(self, block: bytes) -> None:
        padded = block + PADDING
        self.size = len(block)
        self.bytes = np.frombuffer(padded, np.uint8)
        self._words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))

    def places(self, sign: np.uint8) -> np.ndarray:
        return np.flatnonzero(self.bytes[: self.size] == sign)

    def words(self, places: np.ndarray) -> np.ndarray:
        return self._words[places]

    def count_controls(self) -> int:
        return int(np.count_nonzero(self.bytes[: self.size] < _FIRST_PRINTABLE))


def _require_characters(text: _Text) -> None:
    places = text.places(_LAST_PLANE)
    forbidden = (text.bytes[places + 1] == 0xBF) & (text.bytes[places + 2] >= 0xBE)
    _require(not forbidden.any())


def _require_white_space(text: _Text, begins: np.ndarray, ends: np.ndarray) -> None:
    """Between tags is white space only; and no control character is in a tag."""
    places = np.concatenate([[0], ends + 1])
    lengths = np.concatenate([begins, [text.size]]) - places
    controls = 0
    while places.size:
        words = text.words(places) & _MASKS[np.minimum(lengths, _WORD)]
        found, counts = _different(words)
        for word, count in zip(found.tolist(), counts.tolist(), strict=True):
            gap = int(word).to_bytes(_WORD, "little").rstrip(b"\0")
            _require(not gap.strip(_WHITE))
            controls += count * sum(sign < _FIRST_PRINTABLE for sign in gap)
        longer = lengths > _WORD
        places, lengths = places[longer] + _WORD, lengths[longer] - _WORD
    _require(controls == text.count_controls())


def _different(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different words and how often each occurs; there are few."""
    found: list[int] = []
    counts: list[int] = []
    while words.size:
        _require(len(found) < _MOST_GAPS)
        other = words != words[0]
        found.append(words[0])
        counts.append(words.size - int(np.count_nonzero(other)))
        words = words[other]
    return np.array(found, "uint64"), np.array(counts, "int64")


def _require_attributes(text: _Text, begins: np.ndarray, ends: np.ndarray, quotes: np.ndarray) -> None:
    """Each tag is `<TYPE key="..." value="..."/>`, with or without a space before the slash."""
    _require(bool(np.all(begins < quotes[:, 0]) and np.all(quotes[:, 3] < ends)))
    _require(bool(np.all(quotes[:, 2] - quotes[:, 1] == _WORD)))
    _require(bool(np.all(text.words(quotes[:, 1] + 1) == _word_of(b' value="'))))
    lengths = quotes[:, 0] - begins + 1
    first, last = text.words(begins), text.words(quotes[:, 0] - _WORD + 1)
    known = np.zeros(begins.size, bool)
    for kind in _TYPES:
        opening = f'<{kind} key="'.encode()
        known |= (
            (lengths == len(opening)) & (first == _word_of(opening)) & (last == _word_of(opening[-_WORD:]))
        )
    _require(bool(known.all()))
    _require(bool(np.all(text.bytes[ends - 1] == _SLASH)))
    tail = ends - quotes[:, 3]
    _require(bool(np.all((tail == 2) | ((tail == 3) & (text.bytes[ends - 2] == _SPACE)))))


def _keys(text: _Text, begins: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, list[bytes]]:
    """A code for the key of each attribute, and the keys; equal codes are checked to be equal texts."""
    lengths = ends - begins
    mixed = lengths.astype("uint64")
    longest = int(lengths.max(initial=0))
    words = []
    for offset in range(0, longest, _WORD):
        part = text.words(np.minimum(begins + offset, ends))
        part &= _MASKS[np.clip(lengths - offset, 0, _WORD)]
        words.append(part)
        mixed = (mixed ^ part) * _ODD
    codes, different = pd.factorize(mixed)
    first = np.full(different.size, -1)
    first[codes[::-1]] = np.arange(codes.size)[::-1]
    like = first[codes]
    _require(bool(np.array_equal(lengths, lengths[like])))
    _require(all(np.array_equal(part, part[like]) for part in words))
    return codes, [text.bytes[begins[at] : ends[at]].tobytes() for at in first.tolist()]
