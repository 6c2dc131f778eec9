"""Reading event logs: formats, header mapping, value maps, quality report, privacy."""

from mining.reading.limits import DEFAULT_LIMITS, ReadLimits
from mining.reading.read import read_event_log

__all__ = ["DEFAULT_LIMITS", "ReadLimits", "read_event_log"]
