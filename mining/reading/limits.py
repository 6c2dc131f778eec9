"""How much a packed file may unpack to: a guard against zip bombs.

A gzip stream unpacks to at most 1,032 times its size, real event logs to 10 to 60 times theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from mining.errors import LogError

MIB = 1024 * 1024


@dataclass(frozen=True)
class ReadLimits:
    """Limits on what a packed file (`.gz`, `.xlsx`, `.parquet`) may unpack to.

    `max_bytes`: unpacked size, 4 GiB unless told. `max_ratio`: unpacked over packed size, looked at only
    beyond `ratio_from_bytes`, because a small file may well repeat itself.
    """

    max_bytes: int = 4096 * MIB
    max_ratio: float = 200.0
    ratio_from_bytes: int = 64 * MIB

    def check(self, file: str, unpacked_bytes: int, packed_bytes: int) -> None:
        """Raise `LogError` where a file of `packed_bytes` unpacks to too much."""
        if unpacked_bytes > self.max_bytes:
            size, limit = _mib(unpacked_bytes), _mib(self.max_bytes)
            raise LogError(
                zh=f"{file}：解压后超过 {size}，上限为 {limit}（ReadLimits.max_bytes）。"
                "如确认文件可信，请提高上限或先解压。",
                en=f"{file}: unpacks to more than {size}, the limit is {limit} (ReadLimits.max_bytes). "
                "If you trust the file, raise the limit or unpack it first.",
            )
        ratio = unpacked_bytes / max(packed_bytes, 1)
        if unpacked_bytes > self.ratio_from_bytes and ratio > self.max_ratio:
            raise LogError(
                zh=f"{file}：解压比达到 {ratio:.0f} 倍，上限为 {self.max_ratio:.0f} 倍"
                "（ReadLimits.max_ratio），疑似压缩炸弹。",
                en=f"{file}: unpacks to {ratio:.0f} times its size, the limit is {self.max_ratio:.0f} "
                "(ReadLimits.max_ratio); this looks like a zip bomb.",
            )


DEFAULT_LIMITS = ReadLimits()


def _mib(size: int) -> str:
    return f"{size / MIB:,.0f} MiB" if size >= MIB else f"{size:,} B"
