"""Columns filled cell by cell, most rows having only some of them; packed into Arrow as they grow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

Cells = tuple[list[int], list[str]]  # rows and values


class SparseColumns:
    """Columns of text under construction; `cells` holds what is not yet packed.

    Python strings take several times the memory of packed ones, so `pack` is called every now and then.
    """

    def __init__(self) -> None:
        self.cells: dict[str, Cells] = {}
        self._packed: dict[str, list[tuple[np.ndarray, pa.Array]]] = {}

    def new(self, key: str) -> Cells:
        """Begin a column."""
        cells: Cells = ([], [])
        self.cells[key] = cells
        return cells

    def add(self, key: str, rows: np.ndarray, values: pa.Array) -> None:
        """Add packed cells to a column."""
        self._packed.setdefault(key, []).append((rows, values))

    def pack(self) -> None:
        """Move all cells into packed arrays."""
        for key, (rows, values) in self.cells.items():
            if rows:
                packed = (np.array(rows, "int64"), pa.array(values, pa.large_string()))
                self._packed.setdefault(key, []).append(packed)
                rows.clear()
                values.clear()

    def table(self, n_rows: int, prefix: str = "") -> pa.Table:
        """All columns with `n_rows` rows; a cell given twice keeps its last value."""
        self.pack()
        return pa.table({prefix + key: _full(parts, n_rows) for key, parts in self._packed.items()})


def _full(parts: list[tuple[np.ndarray, pa.Array]], n_rows: int) -> pa.ChunkedArray:
    rows = np.concatenate([part_rows for part_rows, _ in parts])
    values = pa.chunked_array([values for _, values in parts])
    if rows.size == n_rows and bool(np.all(rows == np.arange(n_rows))):
        return values
    source = np.full(n_rows, -1, "int64")
    source[rows] = np.arange(rows.size)
    return values.take(pa.array(source, mask=source < 0))
