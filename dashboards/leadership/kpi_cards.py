"""Key figures as cards: before and after, the difference with its interval, how to read it."""

from __future__ import annotations

import streamlit as st

from dashboards.markdown import plain
from dashboards.words import Words
from mining.measures import kpi
from simulation.comparison import Comparison, KpiDifference

PER_ROW = 5


def show_cards(w: Words, comparison: Comparison) -> None:
    """All figures both halls have, `PER_ROW` a row."""
    st.caption(w("cards_note"))
    for start in range(0, len(comparison.kpis), PER_ROW):
        row = comparison.kpis[start : start + PER_ROW]
        for column, each in zip(st.columns(PER_ROW), row, strict=False):
            with column:
                _card(w, each)


def _card(w: Words, each: KpiDifference) -> None:
    definition = kpi(each.name)
    unclear = each.is_better is None
    st.metric(
        plain(w("with_unit", name=w.of(each.title), unit=w.of(each.unit))),
        w("from_to", before=w.value(each.name, each.before), after=w.value(each.name, each.after)),
        # the arrow follows an ASCII sign only
        w.signed_value(each.name, each.difference).replace("−", "-"),
        delta_color="off" if unclear else ("inverse" if definition.better == "lower" else "normal"),
        delta_description=_interval(w, each),
        help=plain(w.of(definition.definition)),
        border=True,
    )


def _interval(w: Words, each: KpiDifference) -> str:
    low, high = w.signed_value(each.name, each.ci_low), w.signed_value(each.name, each.ci_high)
    text = w("card_interval", low=low, high=high)
    return w("card_unclear", interval=text) if each.contains_zero and each.ci_low != each.ci_high else text
