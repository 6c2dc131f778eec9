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
    with st.container(key="cards"):
        for start in range(0, len(comparison.kpis), PER_ROW):
            row = comparison.kpis[start : start + PER_ROW]
            for column, each in zip(st.columns(PER_ROW, gap="small"), row, strict=False):
                with column, st.container(border=True, height="stretch", gap=None):
                    _card(w, each)


def _card(w: Words, each: KpiDifference) -> None:
    """Name and unit, both values, the difference in green, red or, where it may be none, grey."""
    definition = kpi(each.name)
    st.markdown(
        f":small[**{plain(w.of(each.title))}**] :small[:gray[{plain(w.of(each.unit))}]]",
        help=plain(w.of(definition.definition)),
    )
    values = w("from_to", before=w.value(each.name, each.before), after=w.value(each.name, each.after))
    st.markdown(f"#### {plain(values)}")
    colour = {True: "green", False: "red", None: "gray"}[each.is_better]
    st.markdown(
        f":small[:{colour}[**{plain(w.signed_value(each.name, each.difference))}**]"
        f" :gray[{plain(_interval(w, each))}]]"
    )


def _interval(w: Words, each: KpiDifference) -> str:
    low, high = w.signed_value(each.name, each.ci_low), w.signed_value(each.name, each.ci_high)
    text = w("card_interval", low=low, high=high)
    return w("card_unclear", interval=text) if each.contains_zero and each.ci_low != each.ci_high else text
