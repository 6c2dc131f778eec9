"""Bytes of a text file as UTF-8: from UTF-8, UTF-16 with a byte order mark, or GB18030 (so GBK, GB2312)."""

from __future__ import annotations

import codecs
import re

import numpy as np
import pyarrow as pa

from mining.errors import LogError

_OTHER_KINDS = {
    b"PK\x03\x04": ("XLSX/ZIP", ".xlsx"),
    b"PAR1": ("Parquet", ".parquet"),
    b"\xd0\xcf\x11\xe0": ("XLS (Excel 97-2003)", ".xlsx"),
    b"%PDF": ("PDF", ".csv"),
}
_SAMPLE_BYTES = 1024 * 1024
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# Almost all Chinese text is in GB2312, whose pairs have both bytes above A0. In other 8-bit encodings a byte
# above 7F is mostly followed by a plain letter, which GB18030 would read as a rare character.
_FEWEST_COMMON_PAIRS = 0.7


def to_utf8(data: memoryview, file: str) -> tuple[memoryview, str]:
    """The text as UTF-8 without a byte order mark, and the name of the encoding it was in.

    Raises `LogError` for binary files and for text that is in none of the encodings.
    """
    sample = bytes(data[:_SAMPLE_BYTES])
    _check_kind(sample, file)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return memoryview(_decode(data, "utf-16", file).encode("utf-8")), "utf-16"
    if b"\x00" in sample:
        raise LogError(
            zh=f"{file}：这不是文本文件（含空字节）。请导出为 UTF-8 或 GB18030 编码的 CSV。",
            en=f"{file}: this is not a text file (it has zero bytes). Export a CSV in UTF-8 or GB18030.",
        )
    bom = len(codecs.BOM_UTF8) if sample.startswith(codecs.BOM_UTF8) else 0
    if is_utf8(data):
        return data[bom:], "utf-8-sig" if bom else "utf-8"
    if bom:
        _decode(data, "utf-8", file)
    return memoryview(_decode_gb18030(data, file).encode("utf-8")), "gb18030"


def is_utf8(data: memoryview) -> bool:
    """Whether bytes are UTF-8, without making text of them."""
    offsets = pa.py_buffer(np.array([0, len(data)], "int64"))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _check_kind(data: bytes, file: str) -> None:
    for magic, (kind, suffix) in _OTHER_KINDS.items():
        if data.startswith(magic):
            raise LogError(
                zh=f"{file}：内容是 {kind} 文件，不是文本；请另存为 {suffix} 并使用该扩展名。",
                en=f"{file}: the content is a {kind} file, not text; save it as {suffix} with that ending.",
            )


def _decode_gb18030(data: memoryview, file: str) -> str:
    pairs = _PAIR.findall(data[:_SAMPLE_BYTES])
    common = sum(pair[0] > 0xA0 and pair[1] > 0xA0 for pair in pairs)
    if common < _FEWEST_COMMON_PAIRS * len(pairs):
        first = next(position for position, byte in enumerate(data) if byte > 0x7F)
        raise _undecodable(file, "utf-8 / gb18030", first)
    return _decode(data, "gb18030", file)


def _decode(data: memoryview, encoding: str, file: str) -> str:
    try:
        return str(data, encoding)
    except UnicodeDecodeError as problem:
        raise _undecodable(file, encoding, problem.start) from None


def _undecodable(file: str, encoding: str, position: int) -> LogError:
    return LogError(
        zh=f"{file}：文字编码无法识别（第 {position + 1:,} 字节不是 {encoding}）。"
        "可用编码：UTF-8、带 BOM 的 UTF-16、GB18030/GBK。",
        en=f"{file}: the text encoding is not known (byte {position + 1:,} is not {encoding}). "
        "Allowed are UTF-8, UTF-16 with a byte order mark, GB18030/GBK.",
    )
