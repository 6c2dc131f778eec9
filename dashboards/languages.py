"""Which language a person reads: asked for, else that of the system, else English."""

from __future__ import annotations

import locale
import os

from mining.text import Language


def default_language() -> Language:
    """`ONEWINDOW_LANG` (zh or en), else Chinese on a system set to Chinese, else English."""
    asked = os.environ.get("ONEWINDOW_LANG", "").lower()
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
