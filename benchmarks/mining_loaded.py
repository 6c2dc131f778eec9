"""Parts of `benchmarks/mining.py` that work on one log in one process: filters, and all diagnostics."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

REPEATS = 9
SLOWEST = 8  # diagnostics named one by one


def cpu_ms(work: Callable[[], Any]) -> float:
    """Milliseconds of the processor, the median of some repeats."""
    taken = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return statistics.median(taken)


def measure_filters(n_events: int, path: str) -> dict[str, Any]:
    """Each filter with the map and the variants of what it leaves, and the two sliders."""
    from mining.case_filter import CaseFilter, choose_cases
    from mining.case_times import find_case_times
    from mining.process_map import discover_map_of_cases, discover_process_map, filter_process_map
    from mining.reading import read_event_log
    from mining.variants import find_variant_codes

    log = read_event_log(path)
    begin = time.process_time()
    whole = discover_process_map(log)
    whole_ms = (time.process_time() - begin) * 1000
    begins = find_case_times(log).begin_ms
    early, late = np.quantile(begins, [0.02, 0.98]).astype("int64").tolist()
    filters = {
        "nearly all of the time": CaseFilter(begins_from_ms=early, begins_before_ms=late),
        "half of the time": CaseFilter(begins_from_ms=int(np.median(begins))),
        "one item": CaseFilter(items=frozenset({"企业开办"})),
        "one department": CaseFilter(depts=frozenset({"税务局"})),
        "two channels": CaseFilter(channels=frozenset({"窗口", "网上"})),
        "one outcome": CaseFilter(outcomes=frozenset({"通过"})),
        "one step": CaseFilter(steps=frozenset({"现场勘验"})),
        "all of these": CaseFilter(
            begins_from_ms=early,
            items=frozenset({"企业开办"}),
            depts=frozenset({"税务局"}),
            channels=frozenset({"窗口"}),
            outcomes=frozenset({"通过"}),
        ),
    }

    def apply(wanted: CaseFilter) -> Any:
        chosen = choose_cases(log, wanted)
        variants = find_variant_codes(log)
        return discover_map_of_cases(log, chosen), np.bincount(variants.of_case[chosen])

    begin = time.process_time()
    apply(CaseFilter())
    figures = {
        "once: the whole map": whole_ms,
        "once: what filters need": (time.process_time() - begin) * 1000,
        "sliders: half of the steps, a third of the paths": cpu_ms(
            lambda: filter_process_map(whole, 0.5, 0.3)
        ),
        "sliders: all steps, all paths": cpu_ms(lambda: filter_process_map(whole, 1.0, 1.0)),
    }
    for name, wanted in filters.items():
        share = choose_cases(log, wanted).mean()
        figures[f"filter: {name} ({share:.0%} of cases), map, variants"] = cpu_ms(lambda w=wanted: apply(w))
    return {"title": f"{log.n_events:,} events, loaded", "unit": "CPU ms", "figures": figures}


def measure_diagnostics(n_events: int, _folder: str) -> dict[str, Any]:
    """All diagnostics on sample service A, its log repeated with other cases until it has `n_events` events.

    What several diagnostics need is worked out once and counted with the first that needs it.
    """
    from benchmarks.mining_logs import enlarged
    from mining.diagnostics.registry import DEFINED, diagnose
    from mining.errors import MissingColumnsError
    from mining.working_time import OFFICE_HOURS
    from sample_logs import sample_log

    sample = sample_log("A").log
    log = enlarged(sample, n_events)
    figures = {}
    for diagnostic in DEFINED:
        begin = time.process_time()
        with suppress(MissingColumnsError):  # looked for as `diagnose` does, which lists what is missing
            diagnostic.find(log, OFFICE_HOURS)
        figures[diagnostic.definition.name.en] = time.process_time() - begin
    again = enlarged(sample, n_events)  # nothing is worked out yet
    begin = time.process_time()
    found = diagnose(again, OFFICE_HOURS)
    whole = time.process_time() - begin
    slowest = sorted(figures.items(), key=lambda figure: -figure[1])[:SLOWEST]
    return {
        "title": f"{log.n_events:,} events, {len(log.materials):,} documents handed in or passed on; "
        f"{len(DEFINED)} diagnostics, {len(found.findings)} findings, {len(found.not_run)} could not run",
        "unit": "CPU s",
        "figures": {"all of them": whole, **dict(slowest)},
    }


PARTS: dict[str, Callable[[int, str], dict[str, Any]]] = {
    "filters": measure_filters,
    "diagnostics": measure_diagnostics,
}
