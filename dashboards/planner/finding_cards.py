"""Findings as cards, ranked by hours lost, each with its evidence and "try it"."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from dashboards import session
from dashboards.app import WHAT_IF_PAGE
from dashboards.evidence_words import effect_name, effect_value, lever_name
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.mining_report import MiningReport
from dashboards.parts import evidence_lines
from dashboards.words import Words
from mining.diagnostics.families import FAMILIES, family_of
from mining.findings import Effect, Finding, Proposal
from simulation.redesign import can_be_simulated

CARDS_SHOWN = 60


def show_findings(w: Words, opened: OpenLog, report: MiningReport) -> None:
    """All findings in two columns, of one family where asked; then what could not be looked at."""
    if not report.findings:
        st.info(w("no_findings"), icon=":material/info:")
    else:
        st.caption(w("findings_intro"))
        _cards(w, opened, _of_family(w, report.findings))
    if report.not_run:
        with st.expander(w("not_looked_at", n=len(report.not_run)), icon=":material/visibility_off:"):
            st.markdown("\n".join(f"- {plain(w.of(text))}" for text in report.not_run))


def _of_family(w: Words, findings: list[Finding]) -> list[tuple[int, Finding]]:
    """The findings with their rank, those of the family chosen above them."""
    ranked = list(enumerate(findings, start=1))
    counts = Counter(family_of(finding.kind) for finding in findings)
    asked = st.pills(
        w("families"),
        [family for family in FAMILIES if counts[family]],
        format_func=lambda family: w("family_count", name=w(f"family_{family}"), n=counts[family]),
        key="family",
        help=w("families_help"),
    )
    return [pair for pair in ranked if asked is None or family_of(pair[1].kind) == asked]


def _cards(w: Words, opened: OpenLog, ranked: list[tuple[int, Finding]]) -> None:
    shown = ranked[:CARDS_SHOWN]
    with st.container(key="findings"):
        for start in range(0, len(shown), 2):
            for column, (number, finding) in zip(st.columns(2), shown[start : start + 2], strict=False):
                with column:
                    _card(w, opened, finding, number)
    if len(ranked) > CARDS_SHOWN:
        st.caption(w("findings_more", n=len(ranked) - CARDS_SHOWN))


def _card(w: Words, opened: OpenLog, finding: Finding, number: int) -> None:
    with st.container(border=True):
        st.markdown(f"**{number}. {plain(w.of(finding.title))}**")
        st.markdown(_figures(w, finding))
        with st.expander(w("evidence"), icon=":material/fact_check:"):
            if finding.effect is not None:
                st.markdown(_effect(w, finding.effect))
            st.markdown("\n".join(evidence_lines(finding.evidence, w)))
            if finding.example_cases:
                cases = w("list_separator").join(plain(case) for case in finding.example_cases)
                st.caption(w("example_cases", cases=cases))
        if finding.proposes:
            _proposals(w, opened, finding, key=f"try-{number}")


def _figures(w: Words, finding: Finding) -> str:
    hours = (
        w("hours_unknown")
        if finding.hours_lost_per_year is None
        else w("hours_a_year", n=w.number(finding.hours_lost_per_year, 0))
    )
    parts = [f":orange[**{hours}**]"]
    if finding.hours_lost_per_year is not None:
        parts.append(_whose_hours(w, finding))
    lies = finding.evidence.get("case_waiting_hours_per_year")
    if not finding.hours_lost_per_year and isinstance(lies, float | int):
        parts = [f":orange[**{w('hours_nobody', n=w.number(float(lies), 0))}**]"]
    parts.append(w("n_cases", n=w.count(finding.cases)))
    if finding.share is not None:
        parts.append(w("share_of_cases", share=w.percent(finding.share)))
    return " · ".join(parts)


def _whose_hours(w: Words, finding: Finding) -> str:
    """The hours of citizens and of officials, a dash where unknown."""
    citizens, officials = finding.citizen_hours_lost_per_year, finding.official_hours_lost_per_year
    return w("hours_split", citizens=w.number(citizens, 0), officials=w.number(officials, 0))


def _effect(w: Words, effect: Effect) -> str:
    """The figure held against the alarm level, with its interval and n."""
    name, value = effect_name(effect.name, w), effect_value(effect.value, effect.name, w)
    if effect.low is None or effect.high is None:
        return w("effect_line_exact", name=plain(name), value=plain(value), n=w.count(effect.n))
    return w(
        "effect_line",
        name=plain(name),
        value=plain(value),
        level=f"{effect.level:.0%}",
        low=plain(effect_value(effect.low, effect.name, w)),
        high=plain(effect_value(effect.high, effect.name, w)),
        n=w.count(effect.n),
    )


def _proposals(w: Words, opened: OpenLog, finding: Finding, key: str) -> None:
    """One button for all that can be simulated (its proposals belong together); the rest is advice."""
    for proposal in finding.proposes:
        if proposal.caution:
            st.caption(w("caution", text=plain(w.of(proposal.caution))))
    can_be_tried = [proposal for proposal in finding.proposes if can_be_simulated(proposal)]
    advice = [proposal for proposal in finding.proposes if proposal not in can_be_tried]
    if advice:
        st.caption(w("advice", what=_levers(w, advice)))
    if can_be_tried and st.button(
        w("try_it", what=_levers(w, can_be_tried)), key=key, icon=":material/science:"
    ):
        for proposal in can_be_tried:
            session.propose(opened, proposal)
        st.switch_page(WHAT_IF_PAGE, query_params={session.LANGUAGE_PARAMETER: w.language})


def _levers(w: Words, proposals: list[Proposal]) -> str:
    return w("list_separator").join(lever_name(proposal.lever, w) for proposal in proposals)
