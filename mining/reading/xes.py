"""XES event logs (IEEE 1849): read as a stream, straight into columns.

A log written the usual way is read by `mining.reading.xes_plain`; any other goes through a full parser:
Expat calls a handler for each element; attributes of events and of traces are appended to columns, and
no tree is built. A document type declaration is refused when it is met, before any entity could expand
(billion laughs), and nothing outside the file is ever looked up. Attributes nested in attributes are
left out.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from typing import Any, Protocol
from xml.parsers import expat

import numpy as np

from mining.errors import LogError
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.raw import CASE_PREFIX, RawTable
from mining.reading.sparse_columns import SparseColumns
from mining.reading.xes_plain import PlainXes, read_plain
from mining.reading.xml_tags import NotPlainError

_BLOCK_BYTES = 256 * 1024  # ParseFile would take 2 kB at a time
NO_EVENT = -1
_PACK_EVERY = 100_000  # events and traces
_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_NATIVE = {"utf-8", "utf-16", "ascii", "iso8859-1"}  # what expat decodes by itself


class _Stream(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def read_xes(source: SourceFile, limits: ReadLimits) -> RawTable:
    """Events and traces of a log; raises `LogError` for broken XML (with its line) and for entities."""
    with source.open(limits) as stream:
        plain = read_plain(stream, lambda head: _check_head(head, source.name))
    return _parsed(source, limits) if plain is None else _plain_table(plain, source.name)


def _check_head(head: bytes, file: str) -> None:
    """Raise `NotPlainError` unless a log in UTF-8 begins here, without prefix, and is still open."""
    _, encoding, override = _decoded(io.BytesIO(head), file)
    columns = _XesColumns(file)
    try:
        _parser(columns, override).Parse(head + b"</log>", True)
    except expat.ExpatError:
        raise NotPlainError from None
    if (encoding, override, columns.prefix, columns.n_traces) != ("utf-8", None, "", 0):
        raise NotPlainError


def _plain_table(plain: PlainXes, file: str) -> RawTable:
    return _raw_table(
        file, "utf-8", plain.events, plain.traces, np.concatenate(plain.trace_of_event), plain.n_traces
    )


def _parser(columns: _XesColumns, encoding: str | None) -> expat.XMLParserType:
    parser = expat.ParserCreate(encoding)
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = columns.refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = columns.handlers()
    return parser


def _parsed(source: SourceFile, limits: ReadLimits) -> RawTable:
    columns = _XesColumns(source.name)
    with source.open(limits) as stream:
        text, encoding, override = _decoded(stream, source.name)
        parser = _parser(columns, override)
        try:
            while block := text.read(_BLOCK_BYTES):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise _broken(source.name, problem) from None
    return columns.raw_table(encoding)


def _broken(file: str, problem: expat.ExpatError) -> LogError:
    reason = expat.ErrorString(problem.code)
    return LogError(
        zh=f"{file} 第 {problem.lineno} 行：XML 有误（{reason}），文件可能不完整或已损坏。",
        en=f"{file} line {problem.lineno}: broken XML ({reason}); the file may be incomplete or damaged.",
    )


class _XesColumns:
    """What the handlers fill: columns of events and of traces."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.events, self.traces = SparseColumns(), SparseColumns()
        self.trace_of_event: list[int] = []
        self.n_traces = 0
        self.prefix = ""  # of the namespace
        self.in_trace = False
        self._pack_at = _PACK_EVERY

    def refuse_doctype(self, *_: object) -> None:
        """Called where a document type declaration begins."""
        raise LogError(
            zh=f"{self.file}：文件含 DOCTYPE（实体声明），出于安全不予读取；XES 不需要它，请删除该声明。",
            en=f"{self.file}: the file has a DOCTYPE (entity declarations) and is not read, for safety; "
            "XES needs none, remove it.",
        )

    def check_root(self, name: str) -> str:
        """The namespace prefix of the document; raises `LogError` where the root is not a log."""
        prefix, _, local = name.rpartition(":")
        if local != "log":
            raise LogError(
                zh=f"{self.file}：根元素是 <{name}>，XES 日志应为 <log>。",
                en=f"{self.file}: the root element is <{name}>, that of an XES log is <log>.",
            )
        return prefix + ":" if prefix else ""

    def handlers(self) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
        """Handlers for the start and the end of an element.

        They run a dozen times an event; the depth tells what an element is: log = 1, trace = 2, event = 3,
        its attributes = 4. It is counted from starts and ends, the ends by a list's own `append`, which costs
        less than any function.
        """
        started, event = 0, NO_EVENT  # `event`: row of the event whose attributes are being read
        ended: list[str] = []
        cells_of, new_cells = self.events.cells, self.events.new

        def start(name: str, attributes: list[str]) -> None:
            nonlocal started, event
            started += 1
            depth = started - len(ended)
            if depth == 4:
                if event == NO_EVENT:
                    return
                if len(attributes) == 4 and attributes[0] == "key" and attributes[2] == "value":
                    _, key, _, value = attributes
                elif (pair := _key_and_value(attributes)) is not None:
                    key, value = pair
                else:
                    return
                rows, values = cells_of.get(key) or new_cells(key)
                rows.append(event)
                values.append(value)
            elif depth < 4:
                event = self.open_outer(depth, name, attributes)
                if depth == 2:
                    started = 2  # the log and this are open
                    ended.clear()

        return start, ended.append

    def open_outer(self, depth: int, name: str, attributes: list[str]) -> int:
        """The start of the log, of one of its parts, or of an event (its row is returned) or attribute."""
        if depth == 1:
            self.prefix = self.check_root(name)
        elif depth == 2:
            self.in_trace = name == self.prefix + "trace"
            if self.in_trace:
                self.begin_trace()
        elif self.in_trace and name == self.prefix + "event":
            self.trace_of_event.append(self.n_traces - 1)
            return len(self.trace_of_event) - 1
        elif self.in_trace and (pair := _key_and_value(attributes)) is not None:
            rows, values = self.traces.cells.get(pair[0]) or self.traces.new(pair[0])
            rows.append(self.n_traces - 1)
            values.append(pair[1])
        return NO_EVENT

    def begin_trace(self) -> None:
        """Count it, and pack the cells of earlier ones now and then."""
        self.n_traces += 1
        if len(self.trace_of_event) + self.n_traces >= self._pack_at:
            self.events.pack()
            self.traces.pack()
            self._pack_at += _PACK_EVERY

    def raw_table(self, encoding: str) -> RawTable:
        """The columns as tables."""
        trace_of_event = np.array(self.trace_of_event, "int64")
        return _raw_table(self.file, encoding, self.events, self.traces, trace_of_event, self.n_traces)


def _raw_table(
    file: str,
    encoding: str,
    events: SparseColumns,
    traces: SparseColumns,
    trace_of_event: np.ndarray,
    n_traces: int,
) -> RawTable:
    return RawTable(
        file=file,
        format="xes",
        table=events.table(trace_of_event.size),
        file_rows=np.arange(1, trace_of_event.size + 1),
        encoding=encoding,
        traces=traces.table(n_traces, prefix=CASE_PREFIX),
        trace_of_row=trace_of_event,
    )


def _key_and_value(attributes: list[str]) -> tuple[str, str] | None:
    pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
    key, value = pairs.get("key"), pairs.get("value")
    return None if key is None or value is None else (key, value)


def _decoded(stream: Any, file: str) -> tuple[_Stream, str, str | None]:
    """The stream, its encoding, and the encoding expat is told where it is not the declared one."""
    head = stream.read(256)
    rest = _Prefixed(head, stream)
    declared = _DECLARED.match(head)
    if declared is None:
        return (
            rest,
            "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8",
            None,
        )
    name = declared.group(1).decode("ascii")
    try:
        codec = codecs.lookup(name)
    except LookupError:
        raise LogError(
            zh=f"{file}：XML 声明的编码 {name} 无法识别，请改为 UTF-8。",
            en=f"{file}: the XML declares the unknown encoding {name}; use UTF-8.",
        ) from None
    if codec.name in _NATIVE:
        return rest, codec.name, None
    wide = "gb18030" if codec.name in ("gbk", "gb2312") else codec.name
    return _Transcoded(rest, wide, file), wide, "utf-8"


class _Prefixed:
    """A stream of which the first bytes have been read already."""

    def __init__(self, head: bytes, stream: _Stream) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = 65536, /) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head or self._stream.read(size)


class _Transcoded:
    """A stream in another encoding, as UTF-8."""

    def __init__(self, stream: _Stream, encoding: str, file: str) -> None:
        self._stream, self._file, self._encoding = stream, file, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""

    def read(self, size: int = 65536, /) -> bytes:
        while len(self._ready) < size:
            block = self._stream.read(size)
            try:
                self._ready += self._decoder.decode(block, final=not block).encode("utf-8")
            except UnicodeDecodeError:
                raise LogError(
                    zh=f"{self._file}：内容不是声明的编码 {self._encoding}。",
                    en=f"{self._file}: the content is not in its declared encoding {self._encoding}.",
                ) from None
            if not block:
                break
        head, self._ready = self._ready[:size], self._ready[size:]
        return head
