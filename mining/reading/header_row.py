"""Where the header of a table is: below how many title rows, in one row or two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mining.reading.aliases import fold_header
from mining.reading.raw import unique_headers

LOOK_AT_ROWS = 40
FEWEST_KNOWN = 2  # one known word alone may be a title or a value


@dataclass(frozen=True)
class HeaderPlace:
    """The header's last row (0-based), its names, and how many columns it is known to name."""

    last_row: int
    names: tuple[str, ...]
    known: int
    title_rows: int


def locate_header(rows: Sequence[Sequence[str]], known_headers: Collection[str]) -> HeaderPlace | None:
    """The row that names the most known columns, the first of equals; None where no row has a cell.

    A header of two rows (merged cells: a group above, details below) is tried as one: the lower cell, or
    where it is blank the upper one. Where nothing is known, the first row as wide as the table is it.
    """
    wanted = {fold_header(header) for header in known_headers}
    best: HeaderPlace | None = None
    for position, row in enumerate(rows[:LOOK_AT_ROWS]):
        choices = [(row, position)]
        if position > 0:
            choices.append((_stacked(rows[position - 1], row), position - 1))
        for cells, first in choices:
            known = _known(cells, wanted)
            if known > (best.known if best else FEWEST_KNOWN - 1):
                best = HeaderPlace(position, tuple(unique_headers(list(cells))), known, _filled(rows[:first]))
    return best or _first_wide_row(rows[:LOOK_AT_ROWS])


def _known(cells: Sequence[str], wanted: Collection[str]) -> int:
    return len({folded for cell in cells if cell.strip() and (folded := fold_header(cell)) in wanted})


def _stacked(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    width = max(len(upper), len(lower))
    padded = [[*row, *[""] * (width - len(row))] for row in (upper, lower)]
    return [below if below.strip() else above for above, below in zip(*padded, strict=True)]


def _filled(rows: Sequence[Sequence[str]]) -> int:
    return sum(any(cell.strip() for cell in row) for row in rows)


def _first_wide_row(rows: Sequence[Sequence[str]]) -> HeaderPlace | None:
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not widths or max(widths) == 0:
        return None
    position = widths.index(max(widths))
    return HeaderPlace(position, tuple(unique_headers(list(rows[position]))), 0, _filled(rows[:position]))
