"""Half-hours of the day."""

from __future__ import annotations

from mining.working_time import MS_PER_MINUTE

HALF_HOUR_MS = 30 * MS_PER_MINUTE
HALF_HOURS = 48


def half_hour_clock(half_hour: int) -> str:
    """When a half-hour of the day (0 to 47) begins: 19 is "09:30"."""
    return f"{half_hour // 2:02d}:{half_hour % 2 * 30:02d}"
