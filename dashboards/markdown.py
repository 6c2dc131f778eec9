"""Names from a log inside Streamlit's markdown: shown as written, never as a link, a picture or a formula."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:$<>&])")


def plain(text: str) -> str:
    """The text with everything escaped that markdown would read; line breaks become blanks."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
