"""The English of the screens. Same keys as `zh.py`; a test holds that."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # the map
    "map_title": "Process map",
    "map_start": "Start",
    "map_end": "End",
    "map_zoom_in": "Zoom in",
    "map_zoom_out": "Zoom out",
    "map_fit": "Show the whole map",
    "arrow": "{a} → {b}",
    "tip_step_counts": "{events} times in {cases} cases",
    "tip_step_wait": "waits {time} on average",
    "tip_step_work": "handled in {time} (median)",
    "tip_edge": "{moves} moves in {cases} cases; {time} on average",
    "unknown_short": "–",
    "minutes": "{n} min",
    "hours": "{n} h",
    "working_days": "{n} wd",
}
