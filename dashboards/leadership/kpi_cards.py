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
                with column, st.container(border=True, height="stretch", gap="xsmall"):
                    _card(w, each)


def _card(w: Words, each: KpiDifference) -> None:
    """Name and unit, both values, the difference in green, red or, where it may be none, grey."""
    st.markdown(f"**{plain(w.of(each.title))}**", help=plain(w.of(kpi(each.name).definition)))
    values = w("from_to", before=w.value(each.name, each.before), after=w.value(each.name, each.after))
    colour = {True: "green", False: "red", None: "gray"}[each.is_better]
    difference, interval = plain(w.signed_value(each.name, each.difference)), plain(_interval(w, each))
    unit = plain(w.unit(each.name, each.unit))
    st.markdown(
        f"#### {plain(values)} :small[:gray[{unit}]]\n"
        f":small[:{colour}[**{difference}**] :gray[{w('in_brackets', text=interval)}]]"
    )


def _interval(w: Words, each: KpiDifference) -> str:
    low = w.signed_value(each.name, each.ci_low, with_unit=False)
    high = w.signed_value(each.name, each.ci_high, with_unit=False)
    text = w("card_interval", low=low, high=high)
    return w("card_unclear", interval=text) if each.contains_zero and each.ci_low != each.ci_high else text
