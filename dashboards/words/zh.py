"""屏幕上的中文。Same keys as `en.py`; a test holds that."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # the map
    "map_title": "流程图",
    "map_start": "开始",
    "map_end": "结束",
    "map_zoom_in": "放大",
    "map_zoom_out": "缩小",
    "map_fit": "显示全图",
    "arrow": "{a} → {b}",
    "tip_step_counts": "{events} 次，{cases} 件",
    "tip_step_wait": "平均等待 {time}",
    "tip_step_work": "办理中位数 {time}",
    "tip_edge": "{moves} 次流转，{cases} 件；平均 {time}",
    "unknown_short": "–",
    "minutes": "{n} 分钟",
    "hours": "{n} 小时",
    "working_days": "{n} 工作日",
}
