"""What a generated log truly holds: the waste planted in it, counted from the run before noise came in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from mining.event_log import BY_APPLICANT, PASS, PRESENT_PLACES, RETURN, EventLog
from mining.measures import measure
from mining.working_time import MS_PER_MINUTE, WorkingCalendar
from sample_logs.plan import PolicyChange
from sample_logs.planting import TRUTHS, Setting
from simulation.service_model import Block, Choice, ServiceModel, children, leaves


def parallel_sets(model: ServiceModel, electronic: Iterable[str] = ()) -> list[list[str]]:
    """Largest sets of parts of the flow that need nothing from each other, each in flow order.

    A part is a block directly inside the outermost sequence (or inside the branch of a choice there), named
    by its first step: a counter and the work behind it belong together. A part needs another if it asks for
    a document that one issues, directly or over parts between them; documents in `electronic` exist at once
    and keep nobody waiting.
    """
    parts = [list(dict.fromkeys(leaves(block))) for block in _parts(model.flow)]
    needs = nx.DiGraph()
    needs.add_nodes_from(range(len(parts)))
    for earlier, later in combinations(range(len(parts)), 2):
        if _issued(model, parts[earlier]) & _asked(model, parts[later]) - set(electronic):
            needs.add_edge(earlier, later)
    reachable = nx.transitive_closure(needs).to_undirected()
    independent = nx.complement(reachable)
    sets = [sorted(found) for found in nx.find_cliques(independent) if len(found) > 1]
    return [[parts[index][0] for index in found] for found in sorted(sets)]


def _parts(flow: Block) -> list[Block]:
    parts: list[Block] = []
    for block in children(flow) or (flow,):
        branches = block.choice if isinstance(block, Choice) else (block,)
        for branch in branches:
            parts.extend(children(branch) if isinstance(block, Choice) else (branch,))
    return parts


def _issued(model: ServiceModel, steps: Iterable[str]) -> set[str]:
    return {document for name in steps for document in model.step(name).issues}


def _asked(model: ServiceModel, steps: Iterable[str]) -> set[str]:
    return {asked.material for name in steps for asked in model.step(name).materials}


def duplicate_materials(materials: pd.DataFrame) -> dict[str, object]:
    """Documents applicants handed in more than once, by the true names.

    Of n submissions of one document in one journey n - 1 are duplicates. Submissions that answer a return
    for correction (`attempt_no` above 1) are no duplicates and not counted as submissions either. `rate` =
    duplicates / submissions, 0 to 1.
    """
    handed_in = materials[materials["source"] == BY_APPLICANT]
    first = handed_in[handed_in["attempt_no"] == 1]
    copies = first.groupby(["case_id", "material_name"], observed=True).size()
    by_material = (copies - 1).groupby("material_name").sum()
    return {
        "submissions": len(first),
        "duplicates": int(by_material.sum()),
        "rate": _rounded(by_material.sum() / max(len(first), 1)),
        "resubmissions_after_return": len(handed_in) - len(first),
        "duplicates_by_material": {str(k): int(v) for k, v in by_material.items() if v},
    }


def decisions(log: EventLog, step: str) -> dict[str, int]:
    """How often a step decided in the run, and how often not by passing."""
    results = log.events.loc[log.events["activity"] == step, "result"].dropna()
    return {"decisions": len(results), "not_passed": int((results != PASS).sum())}


def slow_officer(log: EventLog, officer: str) -> dict[str, object]:
    """Mean working minutes of an officer's services in the run, and of the colleagues at the same steps."""
    minutes = (log.events["ts_end"] - log.events["ts_start"]).dt.total_seconds() / 60
    own = log.events["officer"] == officer
    steps = log.events.loc[own, "activity"].unique()
    others = log.events["activity"].isin(steps) & ~own
    return {
        "steps": sorted(str(step) for step in steps),
        "service_minutes_mean": _rounded(minutes[own].mean()),
        "service_minutes_mean_of_colleagues": _rounded(minutes[others].mean()),
        "services": int(own.sum()),
    }


def waits(log: EventLog, calendar: WorkingCalendar) -> dict[str, object]:
    """Waits in the hall, from ticket to start: mean and 90th percentile in minutes, and the share over lunch.

    People who wait over lunch sit in the hall, people called on the next morning do not: open time of
    `calendar.envelope()` counts.
    """
    present = log.events[log.events["place"].isin(PRESENT_PLACES) & log.events["ts_ticket"].notna()]
    ticket = present["ts_ticket"].to_numpy().astype("datetime64[ms]").astype("int64")
    start = present["ts_start"].to_numpy().astype("datetime64[ms]").astype("int64")
    in_hall = calendar.envelope().working_ms_between(ticket, start)
    lunch = in_hall - calendar.working_ms_between(ticket, start)
    return {
        "services": len(present),
        "wait_minutes_mean": _rounded(in_hall.mean() / MS_PER_MINUTE),
        "wait_minutes_p90": _rounded(np.quantile(in_hall, 0.9) / MS_PER_MINUTE),
        "lunch_share_of_wait": _rounded(lunch.sum() / max(in_hall.sum(), 1)),
    }


def journeys(log: EventLog) -> dict[str, object]:
    """Cases of the run, and of the finished ones the share that never had to correct anything."""
    finished = set(log.cases.loc[log.cases["ts_finish"].notna(), "case_id"])
    returned = set(log.events.loc[log.events["result"] == RETURN, "case_id"])
    return {
        "cases": len(log.cases),
        "cases_finished": len(finished),
        "cases_still_inside": len(log.cases) - len(finished),
        "events": log.n_events,
        "first_time_right_share": _rounded(len(finished - returned) / max(len(finished), 1)),
    }


def policy_change(log: EventLog, model: ServiceModel, change: PolicyChange) -> dict[str, object]:
    """First decisions of the step before and in the thirty days after the change, and those that returned."""
    day_ms = pd.Timestamp(model.start_date) + pd.Timedelta(days=change.day)
    first = log.events[log.events["activity"] == change.step].drop_duplicates("case_id")
    returned = first["result"] == RETURN
    before = first["ts_end"] < day_ms
    after = ~before & (first["ts_end"] < day_ms + pd.Timedelta(days=30))
    return {
        "step": change.step,
        "day": change.day,
        "date": day_ms.date().isoformat(),
        "half_life_days": change.half_life_days,
        "returned_share_before": _rounded(returned[before].mean()),
        "returned_share_in_30_days_after": _rounded(returned[after].mean()),
        "decisions_before": int(before.sum()),
        "decisions_in_30_days_after": int(after.sum()),
    }


def truth_of(log: EventLog, setting: Setting) -> dict[str, object]:
    """The planted truth, counted from the finished log before names are misspelt, ready for JSON."""
    model, planted, calendar = setting.model, setting.planted, setting.calendar
    finished = log.cases.loc[log.cases["ts_finish"].notna(), "case_id"]
    of_finished = log.materials[log.materials["case_id"].isin(finished)]
    return {
        "run": journeys(log),
        "measures": {key: _rounded(value) for key, value in measure(log, calendar).items()},
        "waits_in_the_hall": waits(log, calendar),
        "duplicate_materials": {
            **duplicate_materials(log.materials),
            "rate_of_finished_journeys": duplicate_materials(of_finished)["rate"],
        },
        "redundant_steps": {step: decisions(log, step) for step in planted.redundant_steps},
        "parallel_steps_on_documents": parallel_sets(model),
        "parallel_steps_with_e_seal": parallel_sets(model, planted.electronic_documents),
        "slow_officers": {
            slow.officer: {
                "service_time_factor": slow.service_time_factor,
                **slow_officer(log, slow.officer),
            }
            for slow in planted.slow_officers
        },
        "policy_changes": [policy_change(log, model, change) for change in planted.policy_changes],
        **{name: count(log, setting) for name, count in TRUTHS.items()},
    }


def _rounded(value: float) -> float:
    # fewer digits than a platform's libm can change
    return round(float(value), 4)
