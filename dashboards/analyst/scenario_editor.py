"""The draft scenario: start from a ready one or from the findings, add, remove."""

from __future__ import annotations

from functools import cache

import streamlit as st

from dashboards import session
from dashboards.analyst.lever_forms import lever_form
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.words import Words
from mining.errors import OnewindowError
from mining.text import Text, same
from simulation.redesign import AnyRedesign, Scenario, redesign_from_proposal, scenario_from_findings
from simulation.service_model import ServiceModel

FROM_FINDINGS = "findings"


def edit_scenario(w: Words, opened: OpenLog, model: ServiceModel) -> Scenario | None:
    """The editor; returns the draft as a scenario that fits the model, or None while it holds nothing."""
    draft = session.draft(opened)
    _take_proposals(w, draft, model)
    _ready_scenarios(w, opened, model, draft)
    added = None
    _list_redesigns(w, draft)
    with st.expander(w("add_a_redesign"), icon=":material/add_circle:", expanded=not draft.redesigns):
        added = lever_form(w, model)
    if added is not None and _fits(w, draft, model, added):
        draft.redesigns.append(added)
        draft.name = None
        st.rerun()
    if not draft.redesigns:
        return None
    return Scenario(name=draft.name or scenario_name(draft.redesigns), redesigns=tuple(draft.redesigns))


def _take_proposals(w: Words, draft: session.Draft, model: ServiceModel) -> None:
    """Proposals of findings become redesigns, if they fit the model as the draft leaves it."""
    while draft.proposed:
        proposal = draft.proposed.pop(0)
        found = redesign_from_proposal(proposal, _applied(draft, model))
        if isinstance(found, Text):
            st.warning(w("proposal_does_not_fit", reason=plain(w.of(found))), icon=":material/block:")
        elif found not in draft.redesigns:
            draft.redesigns.append(found)
            draft.name = None


def _ready_scenarios(w: Words, opened: OpenLog, model: ServiceModel, draft: session.Draft) -> None:
    ready = _sample_scenarios(opened.sample) if opened.sample else {}
    options = [*ready, FROM_FINDINGS]

    def title(key: str) -> str:
        return w("from_findings") if key == FROM_FINDINGS else w.of(ready[key].name)

    chosen = st.selectbox(
        w("ready_scenario"), options, index=None, format_func=title, placeholder=w("choose"), key="ready"
    )
    if st.session_state.get("ready_taken") == chosen:
        return
    st.session_state["ready_taken"] = chosen
    if chosen == FROM_FINDINGS:
        report = session.mining_report(opened)
        proposed = scenario_from_findings(report.findings, model, _findings_name())
        draft.redesigns, draft.name = list(proposed.scenario.redesigns), proposed.scenario.name
        for left in proposed.left_out:
            st.caption(w("proposal_does_not_fit", reason=plain(w.of(left.reason))))
    elif chosen is not None:
        draft.redesigns, draft.name = list(ready[chosen].redesigns), ready[chosen].name


@cache
def _sample_scenarios(name: str) -> dict[str, Scenario]:
    from sample_logs import load_scenarios

    return load_scenarios(name)


def _findings_name() -> Text:
    from dashboards.words import words

    return Text(zh=words("zh")("from_findings"), en=words("en")("from_findings"))


def _list_redesigns(w: Words, draft: session.Draft) -> None:
    if not draft.redesigns:
        st.info(w("draft_empty"), icon=":material/lightbulb:")
    for number, redesign in enumerate(draft.redesigns):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            title, detail = w(f"lever_{redesign.kind}"), plain(w.of(redesign.describe()))
            st.markdown(f"**{number + 1}. {title}**  \n:small[{detail}]")
            if st.button(w("remove"), key=f"remove-{number}", icon=":material/delete:", type="tertiary"):
                del draft.redesigns[number]
                draft.name = None
                st.rerun()


def _fits(w: Words, draft: session.Draft, model: ServiceModel, redesign: AnyRedesign) -> bool:
    try:
        redesign.apply(_applied(draft, model))
    except OnewindowError as error:
        st.error(plain(error.in_language(w.language)), icon=":material/block:")
        return False
    return True


def _applied(draft: session.Draft, model: ServiceModel) -> ServiceModel:
    return Scenario(name=same("draft"), redesigns=tuple(draft.redesigns)).apply(model)


def scenario_name(redesigns: list[AnyRedesign]) -> Text:
    """A name made of the levers used, each once."""
    from dashboards.words import words

    kinds = list(dict.fromkeys(redesign.kind for redesign in redesigns))
    zh, en = words("zh"), words("en")
    return Text(
        zh=zh("list_separator").join(zh(f"lever_{kind}") for kind in kinds),
        en=en("list_separator").join(en(f"lever_{kind}") for kind in kinds),
    )
