"""The engines `benchmarks/mining.py` compares, each doing the same work in the way its own documents show.

The work: read the log; sort by case, time and row; count the moves between steps; their mean, median,
largest, smallest, sum and standard deviation; the variants. An engine is a function of a path: it imports
what it needs and returns the work (which is timed) and the way to an `Answer` (which is not).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

CASE, STEP, TIME = "case:concept:name", "concept:name", "time:timestamp"


@dataclass(frozen=True)
class Answer:
    """What all engines must agree on; times in milliseconds. None: the engine does not tell."""

    events: int
    moves: dict[str, list[float]] | None = None  # "a > b": n, sum, mean, sd, min, median, max
    variants: str | None = None  # digest of all sequences with their counts
    order: str | None = None  # digest of all events as sorted


Work = Callable[[], Any]
Engine = Callable[[str], tuple[Work, Callable[[Any], Answer]]]


def variants_digest(found: Iterable[tuple[Iterable[str], int]]) -> str:
    lines = sorted(f"{count}\t{'>'.join(steps)}" for steps, count in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def order_digest(steps: Iterable[str], times_ms: np.ndarray) -> str:
    digest = hashlib.sha256(">".join(steps).encode())
    digest.update(np.ascontiguousarray(times_ms, "<i8").tobytes())
    return digest.hexdigest()


def ours(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    """The public functions of this project."""
    from mining.columns import log_columns
    from mining.move_times import find_move_times
    from mining.reading import read_event_log
    from mining.variants import find_variant_codes, variant_activities

    def work() -> Any:
        log = read_event_log(path)
        return log_columns(log), find_move_times(log), find_variant_codes(log)

    def answer(result: Any) -> Answer:
        columns, times, variants = result
        names = columns.activities
        rows = zip(
            times.source, times.target, times.moves, times.sum_ms, times.mean_ms, times.sd_ms, times.min_ms,
            times.median_ms, times.max_ms, strict=True,
        )  # fmt: skip
        sequences = [variant_activities(columns, int(case)) for case in variants.example_case]
        return Answer(
            events=columns.n_events,
            moves={f"{names[row[0]]} > {names[row[1]]}": [float(v) for v in row[2:]] for row in rows},
            variants=variants_digest(zip(sequences, variants.cases.tolist(), strict=True)),
            order=order_digest(names[columns.activity].tolist(), columns.time_ms),
        )

    return work, answer


def ours_map(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    """The same and the whole process map: working hours beside wall-clock time, waits, departments."""
    from mining.process_map import discover_process_map
    from mining.reading import read_event_log
    from mining.variants import find_variant_codes

    def work() -> Any:
        log = read_event_log(path)
        return log, discover_process_map(log), find_variant_codes(log)

    return work, lambda result: Answer(events=result[0].n_events)


def ours_read(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    from mining.reading import read_event_log

    return lambda: read_event_log(path), lambda log: Answer(events=log.n_events)


def _analyse_polars(frame: Any) -> Any:
    import polars as pl

    frame = frame.with_row_index("row").sort([CASE, TIME, "row"])
    same_case = pl.col(CASE) == pl.col(CASE).shift(-1)
    moves = frame.select(
        pl.col(STEP),
        pl.when(same_case).then(pl.col(STEP).shift(-1)).alias("next"),
        (pl.col(TIME).shift(-1) - pl.col(TIME)).dt.total_milliseconds().alias("ms"),
    ).filter(pl.col("next").is_not_null())
    ms = pl.col("ms")
    times = moves.group_by([STEP, "next"]).agg(
        pl.len().alias("n"), ms.sum().alias("sum"), ms.mean().alias("mean"), ms.std().alias("sd"),
        ms.min().alias("min"), ms.median().alias("median"), ms.max().alias("max"),
    )  # fmt: skip
    variants = frame.group_by(CASE, maintain_order=True).agg(pl.col(STEP)).group_by(STEP).agg(pl.len())
    return frame, times, variants


def _answer_polars(result: Any) -> Answer:
    frame, times, variants = result
    return Answer(
        events=frame.height,
        moves={
            f"{row[0]} > {row[1]}": [float("nan" if v is None else v) for v in row[2:]]
            for row in times.rows()
        },
        variants=variants_digest(variants.rows()),
        order=order_digest(frame[STEP].to_list(), frame[TIME].dt.epoch("ms").to_numpy()),
    )


def polars(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import polars as pl

    return lambda: _analyse_polars(pl.read_csv(path, try_parse_dates=True)), _answer_polars


def r4pm_polars(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    """r4pm reads XES into polars; it has no times of moves of its own."""
    import polars as pl
    import r4pm

    def work() -> Any:
        frame, _ = r4pm.df.import_xes(path)
        return _analyse_polars(
            frame.with_columns(pl.col(TIME).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None))
        )

    return work, _answer_polars


def r4pm_read(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import r4pm

    return lambda: r4pm.df.import_xes(path), lambda result: Answer(events=result[0].height)


DUCKDB_SORTED = f"""
create table events as select row_number() over (order by "{CASE}", "{TIME}", row) as place, * from (
  select *, row_number() over () as row from read_csv(?)) order by "{CASE}", "{TIME}", row"""
DUCKDB_MOVES = f"""
select step, next, count(*), sum(ms), avg(ms), stddev_samp(ms), min(ms), median(ms), max(ms) from (
  select "{STEP}" as step, lead("{STEP}") over case_order as next,
    epoch_ms(lead("{TIME}") over case_order) - epoch_ms("{TIME}") as ms
  from events window case_order as (partition by "{CASE}" order by place))
where next is not null group by step, next"""
DUCKDB_VARIANTS = f"""
select steps, count(*) from (select list("{STEP}" order by place) as steps from events group by "{CASE}")
group by steps"""


def duckdb(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import duckdb as engine

    def work() -> Any:
        base = engine.connect()
        base.execute(DUCKDB_SORTED, [path])
        return base, base.execute(DUCKDB_MOVES).fetchall(), base.execute(DUCKDB_VARIANTS).fetchall()

    def answer(result: Any) -> Answer:
        base, moves, variants = result
        found = base.execute(f'select "{STEP}", epoch_ms("{TIME}") from events order by place').fetchnumpy()
        steps, times = found.values()
        return Answer(
            events=len(steps),
            moves={
                f"{row[0]} > {row[1]}": [float("nan" if v is None else v) for v in row[2:]] for row in moves
            },
            variants=variants_digest(variants),
            order=order_digest(steps.tolist(), times),
        )

    return work, answer


def _analyse_pm4py(frame: Any) -> Any:
    import pm4py

    frame = frame.sort_values([CASE, TIME], kind="stable")
    counts, _, _ = pm4py.discover_dfg(frame)
    times, _, _ = pm4py.discover_performance_dfg(frame, perf_aggregation_key="all")
    return frame, counts, times, pm4py.get_variants(frame)


def _answer_pm4py(result: Any) -> Answer:
    frame, counts, times, variants = result
    keys = ("sum", "mean", "stdev", "min", "median", "max")
    times_ms = frame[TIME].dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype("int64")
    return Answer(
        events=len(frame),
        moves={
            f"{a} > {b}": [float(n), *(float(times[a, b][key]) * 1000 for key in keys)]
            for (a, b), n in counts.items()
        },
        variants=variants_digest(variants.items()),
        order=order_digest(frame[STEP].tolist(), times_ms),
    )


def pm4py(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import pandas as pd
    import pm4py as library

    def work() -> Any:
        # as its documents show: pandas reads, format_dataframe makes it a log
        return _analyse_pm4py(library.format_dataframe(pd.read_csv(path), case_id=CASE))

    return work, _answer_pm4py


def _read_pm4py(path: str) -> Any:
    import pm4py as library
    from pm4py.util import constants

    # its own reader; without the name it would take r4pm where that is installed
    return library.read_xes(path, variant=constants.DEFAULT_XES_PARSER)


def pm4py_xes(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import pm4py  # noqa: F401

    def work() -> Any:
        frame = _read_pm4py(path)
        frame[TIME] = frame[TIME].dt.tz_convert("Asia/Shanghai")
        return _analyse_pm4py(frame)

    return work, _answer_pm4py


def pm4py_read(path: str) -> tuple[Work, Callable[[Any], Answer]]:
    import pm4py  # noqa: F401

    return lambda: _read_pm4py(path), lambda frame: Answer(events=len(frame))


CSV_ENGINES: dict[str, Engine] = {"onewindow": ours, "polars": polars, "duckdb": duckdb, "pm4py": pm4py}
XES_ENGINES: dict[str, Engine] = {"onewindow": ours, "r4pm + polars": r4pm_polars, "pm4py": pm4py_xes}
XES_READERS: dict[str, Engine] = {"onewindow": ours_read, "r4pm": r4pm_read, "pm4py": pm4py_read}
OWN: dict[str, Engine] = {
    "onewindow": ours,
    "onewindow, whole map": ours_map,
    "onewindow, reading": ours_read,
}
