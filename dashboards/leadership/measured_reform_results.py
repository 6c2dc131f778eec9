"""What two measured logs say of a reform: measures, a series in time, both maps, drift."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.charts import draw_interruption
from dashboards.leadership.paired_maps import pair_maps
from dashboards.markdown import plain
from dashboards.process_map_view.component import show_map
from dashboards.words import Words
from mining.drift import Drift
from mining.event_log import EventLog
from mining.process_map import discover_process_map
from mining.reform import LogContrast
from mining.reform.compare import Difference, MeasureComparison
from mining.reform.map_difference import Change
from mining.working_time import WorkingCalendar

MAP_HEIGHT_PX = 230
CHANGES_SHOWN = 15


def show_measures(w: Words, contrast: LogContrast) -> None:
    """Each measure before and after, of like cases where cases can be told apart, with its interval."""
    measures = contrast.comparison.measures
    table = pd.DataFrame(
        {
            w("col_kpi"): [w.titled(each.kpi.key, each.kpi.name, each.kpi.unit) for each in measures],
            w("col_before"): [w.value(each.kpi.key, each.best.before) for each in measures],
            w("col_after"): [w.value(each.kpi.key, each.best.after) for each in measures],
            w("col_difference"): [_difference(w, each.kpi.key, each.best) for each in measures],
            w("col_verdict"): [_verdict(w, each) for each in measures],
            w("col_plain_difference"): [_difference(w, each.kpi.key, each.crude) for each in measures],
            w("col_n"): [f"{w.count(each.n_before)} / {w.count(each.n_after)}" for each in measures],
        }
    )
    st.dataframe(table, hide_index=True, alt=w("page_measured_reform"))
    note = "standardised_note" if any(each.standardised for each in measures) else "plain_note"
    st.caption(f":blue-badge[{w('badge_measured')}] {w(note)}")


def _difference(w: Words, key: str, difference: Difference) -> str:
    value = w.signed_value(key, difference.difference)
    if difference.ci_low is None or difference.ci_high is None:
        return value
    low, high = (
        w.signed_value(key, bound, with_unit=False) for bound in (difference.ci_low, difference.ci_high)
    )
    return w("difference_and_interval", difference=value, low=low, high=high)


def _verdict(w: Words, measure: MeasureComparison) -> str:
    if measure.best.contains_zero is not False:
        return w("contains_zero")
    if measure.is_better is None:
        return w("neither")
    return w("better" if measure.is_better else "worse")


def show_series(w: Words, contrast: LogContrast) -> None:
    """The interrupted series of one measure: days, fit, and what would have been."""
    st.subheader(w("series_title"), anchor=False)
    if contrast.no_series is not None:
        st.info(plain(w.of(contrast.no_series)), icon=":material/info:")
        return
    if not contrast.interruptions:
        st.info(w("no_series"), icon=":material/info:")
        return
    by_key = {each.kpi.key: each for each in contrast.interruptions}
    key = st.selectbox(
        w("col_kpi"), list(by_key), format_func=lambda name: w.of(by_key[name].kpi.name), key="series_kpi"
    )
    chosen = by_key[key]
    if chosen.level_change is None:
        st.info(plain(w.of(chosen.reason)) if chosen.reason else w("no_series"), icon=":material/info:")
    else:
        st.markdown(
            w(
                "level_change_line",
                value=w.signed_value(key, chosen.level_change),
                low=w.signed_value(key, chosen.level_change_low or 0.0, with_unit=False),
                high=w.signed_value(key, chosen.level_change_high or 0.0, with_unit=False),
                lags=chosen.lags,
                correlation=w.number(chosen.autocorrelation, 2),
            )
        )
    st.plotly_chart(draw_interruption(chosen, contrast.reform_date, w), key="series")
    st.caption(w("series_note"))


def show_maps(w: Words, before: EventLog, after: EventLog, calendar: WorkingCalendar, key: str) -> None:
    """Both maps on one layout, with one scale of widths and colours."""
    st.subheader(w("maps_title"), anchor=False)
    maps = [discover_process_map(side, calendar) for side in (before, after)]
    pair = pair_maps(maps[0], maps[1], "frequency", w)
    for name, scene in (("before", pair.before), ("after", pair.after)):
        st.markdown(f"**{w(name)}** :blue-badge[{w('badge_measured')}]")
        show_map(scene, w, key=f"measured-{name}-{key}", height=MAP_HEIGHT_PX, whole=True)


def show_changes(w: Words, contrast: LogContrast) -> None:
    """Steps and moves that changed more than chance would have it."""
    changes = contrast.maps.ranked()[:CHANGES_SHOWN]
    if not changes:
        st.caption(w("no_map_changes"))
        return
    table = pd.DataFrame(
        {
            w("col_step_or_move"): [_step_or_move(w, each) for each in changes],
            w("col_before"): [w.percent(each.before.share) for each in changes],
            w("col_after"): [w.percent(each.after.share) for each in changes],
            w("col_difference"): [_share_change(w, each) for each in changes],
        }
    )
    st.dataframe(table, hide_index=True, alt=w("maps_title"))
    st.caption(w("map_changes_note"))


def _step_or_move(w: Words, change: Change) -> str:
    return change.source if change.target is None else w("arrow", a=change.source, b=change.target)


def _share_change(w: Words, change: Change) -> str:
    low, high = (
        w.signed_value("case_share", bound, with_unit=False)
        for bound in (change.share_change_low, change.share_change_high)
    )
    difference = w.signed_value("case_share", change.share_change)
    return w("difference_and_interval", difference=difference, low=low, high=high)


def show_drift(w: Words, contrast: LogContrast) -> None:
    """Whether the way cases go changed from month to month within each side."""
    st.subheader(w("drift_title"), anchor=False)
    for name, drift in (("before", contrast.drift_before), ("after", contrast.drift_after)):
        st.markdown(f"**{w(name)}**")
        if not drift.pairs:
            st.caption(w("drift_none"))
            continue
        st.dataframe(_drift_table(w, drift), hide_index=True, alt=w("drift_title"))
    st.caption(w("drift_note"))


def _drift_table(w: Words, drift: Drift) -> pd.DataFrame:
    return pd.DataFrame(
        {
            w("col_months"): [w("arrow", a=pair.month_before, b=pair.month_after) for pair in drift.pairs],
            w("col_cases"): [
                f"{w.count(pair.cases_before)} / {w.count(pair.cases_after)}" for pair in drift.pairs
            ],
            w("col_distance"): [w.number(pair.distance, 3) for pair in drift.pairs],
            w("col_distance_by_chance"): [w.number(pair.expected, 3) for pair in drift.pairs],
            w("col_chance"): [w.number(pair.chance, 3) for pair in drift.pairs],
        }
    )
