"""An answer as a table with intervals, the check of the model against the log, and its assumptions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.jobs import Answer
from dashboards.markdown import plain
from dashboards.words import Words
from mining.measures import kpi
from simulation.comparison import KpiDifference
from simulation.experiment import assumption_texts

CHECKED = (
    "wait_minutes_mean",
    "wait_minutes_p90",
    "cycle_time_working_days_mean",
    "visits_per_journey_mean",
)
TOLERANCE = 0.10


def show_kpis(w: Words, answer: Answer) -> None:
    """KPI by KPI: before, after, the paired difference with its 95 % interval, and what that says."""
    table = pd.DataFrame(
        [
            {
                w("col_kpi"): w.titled(each.name, each.title, each.unit),
                w("col_before"): w.value(each.name, each.before),
                w("col_after"): w.value(each.name, each.after),
                w("col_difference"): w(
                    "difference_and_interval",
                    difference=w.signed_value(each.name, each.difference),
                    low=w.signed_value(each.name, each.ci_low, with_unit=False),
                    high=w.signed_value(each.name, each.ci_high, with_unit=False),
                ),
                w("col_verdict"): verdict(w, each),
            }
            for each in answer.comparison.kpis
        ]
    )
    st.table(table, hide_index=True, border="horizontal", alt=w("kpi_table"))
    st.caption(
        w("kpi_note", n=answer.question.replications, days=answer.question.days, seed=answer.question.seed)
    )


def verdict(w: Words, each: KpiDifference) -> str:
    """Better, worse, or that these runs cannot tell."""
    if each.is_better is None:
        if not each.contains_zero:
            return w("neither")
        return w("unchanged") if each.ci_low == each.ci_high == 0 else w("contains_zero")
    return w("better") if each.is_better else w("worse")


def show_gate(w: Words, answer: Answer, measured: dict[str, float]) -> None:
    """The model's today against the log: measured, simulated, deviation; a warning beyond 10 %."""
    names = [name for name in CHECKED if name in measured and name in answer.before.kpi_names]
    if not names:
        st.info(w("gate_impossible"), icon=":material/info:")
        return
    intervals = {name: answer.before.interval(name) for name in names}
    deviations = {
        name: intervals[name].mean / measured[name] - 1 if measured[name] else float("nan") for name in names
    }
    table = pd.DataFrame(
        {
            w("col_kpi"): [w("with_unit", name=w.of(kpi(n).name), unit=w.of(kpi(n).unit)) for n in names],
            w("col_measured"): [w.value(n, measured[n]) for n in names],
            w("col_simulated"): [
                w(
                    "mean_and_interval",
                    mean=w.value(n, intervals[n].mean),
                    low=w.value(n, intervals[n].low),
                    high=w.value(n, intervals[n].high),
                )
                for n in names
            ],
            w("col_deviation"): [f"{deviations[n]:+.0%}".replace("-", "−") for n in names],
        }
    )
    if all(abs(value) <= TOLERANCE for value in deviations.values()):
        st.success(w("gate_passed"), icon=":material/verified:")
    else:
        st.warning(w("gate_failed"), icon=":material/warning:")
    st.table(table, hide_index=True, border="horizontal", alt=w("gate_title"))


def show_assumptions(w: Words, answer: Answer) -> None:
    """What to beware of, what was changed, and what the result takes for granted."""
    for text in answer.comparison.cautions:
        st.warning(plain(w.of(text)), icon=":material/warning:")
    st.markdown(f"**{w('changes_title')}**")
    st.markdown("\n".join(f"- {plain(w.of(text))}" for text in answer.comparison.changes))
    texts = assumption_texts(answer.after.model)
    st.markdown(f"**{w('assumptions_title')}**")
    model = w("model_true_note") if answer.question.model_is_true else w("model_calibrated_note")
    lines = [model, *(plain(w.of(text)) for text in texts)]
    st.markdown("\n".join(f"- {line}" for line in lines))


def show_utilisation(w: Words, answer: Answer) -> None:
    """How busy the people behind each queue are, before and after."""
    before, after = answer.before.utilisation, answer.after.utilisation
    pools = list(dict.fromkeys([*before, *after]))
    table = pd.DataFrame(
        {
            w("col_pool"): pools,
            w("col_before"): [before[p] * 100 if p in before else None for p in pools],
            w("col_after"): [after[p] * 100 if p in after else None for p in pools],
        }
    )
    percent = st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100)
    st.dataframe(
        table,
        hide_index=True,
        column_config={w("col_before"): percent, w("col_after"): percent},
        alt=w("utilisation_title"),
    )
