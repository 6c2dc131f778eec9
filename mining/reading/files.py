"""Opening a file: what it is, and its bytes, unpacked under a limit."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa

from mining.errors import LogError
from mining.reading.limits import ReadLimits

Format = Literal["xes", "csv", "xlsx", "parquet", "json", "xml", "sqlite"]

SUFFIXES: dict[str, Format] = {
    ".xes": "xes",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".jsonocel": "json",
    ".json": "json",
    ".xmlocel": "xml",
    ".xml": "xml",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
OBJECT_FORMATS: tuple[Format, ...] = ("json", "xml", "sqlite")  # object-centric logs
PACKABLE: tuple[Format, ...] = ("xes", "csv", "json", "xml")
ALLOWED = ".xes, .xes.gz, .csv, .csv.gz, .tsv, .txt, .xlsx, .parquet; OCEL 2.0: .jsonocel, .xmlocel, .sqlite"
GZIP_MAGIC = b"\x1f\x8b"
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class SourceFile:
    """A file that is there, is not empty, and has a name this package reads."""

    path: Path
    format: Format
    packed: bool  # gzip
    size: int  # bytes on disk

    @property
    def name(self) -> str:
        """The name used in messages."""
        return self.path.name

    def open(self, limits: ReadLimits) -> LimitedStream:
        """The bytes, unpacked, as a stream that raises `LogError` where they are too many or damaged."""
        raw: Any = gzip.GzipFile(self.path, "rb") if self.packed else self.path.open("rb")
        return LimitedStream(raw, self, limits)

    def read(self, limits: ReadLimits) -> bytes:
        """All bytes, unpacked."""
        blocks = []
        with self.open(limits) as stream:
            while block := stream.read(BLOCK_BYTES):
                blocks.append(block)
        return b"".join(blocks)

    def read_buffer(self, limits: ReadLimits) -> memoryview:
        """All bytes, unpacked; those of a plain file in Arrow's memory, which takes less time to get."""
        if self.packed:
            return memoryview(self.read(limits))
        with pa.OSFile(str(self.path)) as file:
            return memoryview(file.read_buffer()).cast("B")


class LimitedStream(io.RawIOBase):
    """Bytes read through a size limit; damage in the packing is a `LogError`."""

    def __init__(self, raw: IO[bytes], source: SourceFile, limits: ReadLimits) -> None:
        self._raw, self._source, self._limits = raw, source, limits
        self._count = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = BLOCK_BYTES) -> bytes:
        """At most `size` bytes."""
        file = self._source.name
        try:
            block = self._raw.read(size)
        except EOFError:
            raise LogError(
                zh=f"{file}：gzip 文件不完整（已读出 {self._count:,} 字节后中断），请重新下载或导出。",
                en=f"{file}: the gzip file is truncated (it breaks off after {self._count:,} bytes); "
                "download or export it again.",
            ) from None
        except (gzip.BadGzipFile, zlib.error) as problem:
            raise LogError(
                zh=f"{file}：gzip 文件已损坏（{problem}）。",
                en=f"{file}: the gzip file is damaged ({problem}).",
            ) from None
        self._count += len(block)
        if self._source.packed:
            self._limits.check(file, self._count, self._source.size)
        return block

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        super().close()


def find_source(path: str | Path) -> SourceFile:
    """The file at `path`; raises `LogError` where there is none, it is empty or of an unknown kind."""
    path = Path(path)
    file = path.name or str(path)
    if path.is_dir():
        raise LogError(
            zh=f"{file}：这是文件夹，此处需要一个文件（{ALLOWED}）。",
            en=f"{file}: is a folder, a file is needed here ({ALLOWED}).",
        )
    if not path.exists():
        raise LogError(zh=f"{path}：文件不存在。", en=f"{path}: there is no such file.")
    kind, named_packed = _format_of(path)
    size, head = _size_and_head(path)
    if size == 0:
        raise LogError(zh=f"{file}：文件为空（0 字节）。", en=f"{file}: the file is empty (0 bytes).")
    packed = head.startswith(GZIP_MAGIC) and kind in PACKABLE
    if named_packed and not packed:
        raise LogError(
            zh=f"{file}：名称以 .gz 结尾，但内容不是 gzip。",
            en=f"{file}: the name ends in .gz but the content is not gzip.",
        )
    return SourceFile(path=path, format=kind, packed=packed, size=size)


def _format_of(path: Path) -> tuple[Format, bool]:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    inner = suffixes[-2:-1] if packed else suffixes[-1:]
    kind = SUFFIXES.get(inner[0]) if inner else None
    if kind is None or (packed and kind not in PACKABLE):
        found = "".join(inner + [".gz"] * packed) or "-"
        raise LogError(
            zh=f"{path.name}：不支持的文件类型 {found}，可用：{ALLOWED}。",
            en=f"{path.name}: unknown kind of file {found}, allowed are {ALLOWED}.",
        )
    return kind, packed


def _size_and_head(path: Path) -> tuple[int, bytes]:
    try:
        with path.open("rb") as stream:
            return path.stat().st_size, stream.read(2)
    except OSError as problem:
        raise LogError(
            zh=f"{path.name}：无法打开（{problem.strerror}）。",
            en=f"{path.name}: cannot be opened ({problem.strerror}).",
        ) from None
