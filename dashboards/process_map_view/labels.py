"""Names of steps broken into lines by display width: Chinese has no spaces, English has."""

from __future__ import annotations

import re
import unicodedata

FONT_PX = 13.0
SMALL_PX = 11.0
MAX_LINE_EM = 10.0
MAX_LINES = 3
ELLIPSIS = "…"
# an East Asian character alone, or a run of others with the blank, hyphen or underscore that ends it
PIECE = re.compile(r"[^\s\-_/]*[\s\-_/]+|[^\s\-_/]+")


def width_em(text: str) -> float:
    """Width of a text in em: 1 for an East Asian character, about half of it for a Latin one."""
    return sum(_char_em(char) for char in text)


def _char_em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return 0.68 if char.isupper() or char in "mwMW%" else 0.55


def wrap(name: str, max_em: float = MAX_LINE_EM, max_lines: int = MAX_LINES) -> tuple[str, ...]:
    """Lines of at most `max_em`, about equally long; the last one ends in an ellipsis where the name is cut.

    `wrap("设立登记") == ("设立登记",)`; the lines of a name without a cut join to the name without blanks.
    """
    text = " ".join(name.split()) or ELLIPSIS
    least = max(1, -(-int(width_em(text) * 100) // int(max_em * 100)))
    balanced = min(max_em, max(width_em(text) / least * 1.15, max_em * 0.6))
    lines = _fill(text, balanced)
    if len(lines) > least:
        lines = _fill(text, max_em)
    if len(lines) <= max_lines:
        return tuple(lines)
    return (*lines[: max_lines - 1], _cut("".join(lines[max_lines - 1 :]), max_em))


def _fill(text: str, max_em: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, max_em):
        if line and width_em((line + piece).rstrip()) > max_em:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, max_em: float) -> list[str]:
    pieces: list[str] = []
    for piece in PIECE.findall(text):
        chinese = any(unicodedata.east_asian_width(char) in "WF" for char in piece)
        pieces += list(piece) if chinese or width_em(piece.rstrip()) > max_em else [piece]
    return pieces


def _cut(text: str, max_em: float) -> str:
    while text and width_em(text + ELLIPSIS) > max_em:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS
