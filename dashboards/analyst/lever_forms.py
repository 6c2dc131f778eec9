"""A small form for each lever, filled from the model: what can be merged, removed, shared."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards.words import Words
from mining.event_log import PRESENT_PLACES
from simulation.redesign import AnyRedesign, OneWindow, ParallelApproval, RemoveStep, ShareMaterials
from simulation.service_model import ServiceModel

LEVERS = ("one_window", "parallel_approval", "remove_step", "share_materials")


def lever_form(w: Words, model: ServiceModel) -> AnyRedesign | None:
    """A choice of levers with the form of the chosen one; the redesign once it is added, else None."""
    lever = st.selectbox(w("lever"), LEVERS, format_func=lambda name: w(f"lever_{name}"), key="lever")
    st.caption(w(f"lever_{lever}_help"))
    with st.form("lever_form", border=False):
        redesign = FORMS[lever](w, model)
        added = st.form_submit_button(w("add_redesign"), icon=":material/add:")
    if not added:
        return None
    if redesign is None:
        st.warning(w(f"lever_{lever}_incomplete"), icon=":material/edit:")
    return redesign


def _one_window(w: Words, model: ServiceModel) -> AnyRedesign | None:
    counters = {step.pool for step in model.steps if step.pool and step.place in PRESENT_PLACES}
    names = [pool.name for pool in model.pools]
    pools = st.multiselect(w("pools"), names, [name for name in names if name in counters])
    penalty = st.slider(w("penalty"), 0.8, 1.4, 1.12, 0.02, format="%.2f", help=w("penalty_help"))
    staff = sum(any(pool in member.serves for pool in pools) for member in model.members)
    members = st.number_input(w("members"), 0, 500, 0, 1, help=w("members_help", n=staff))
    name = st.text_input(w("window_name"), w("window_name_default"))
    if len(pools) < 2 or not name.strip():
        return None
    return OneWindow(
        pools=tuple(pools), name=name.strip(), generalist_penalty=penalty, n_members=int(members) or None
    )


def _parallel_approval(w: Words, model: ServiceModel) -> AnyRedesign | None:
    steps = st.multiselect(w("steps_in_parallel"), _active(model), help=w("steps_in_parallel_help"))
    return ParallelApproval(steps=tuple(steps)) if len(steps) >= 2 else None


def _remove_step(w: Words, model: ServiceModel) -> AnyRedesign | None:
    step = st.selectbox(w("step_to_remove"), _active(model), index=None, placeholder=w("choose"))
    return RemoveStep(step=step) if step else None


def _share_materials(w: Words, model: ServiceModel) -> AnyRedesign | None:
    asked = {asked.material for step in model.steps for asked in step.materials if not asked.shared}
    names = [material.name for material in model.materials if material.name in asked]
    materials = st.multiselect(w("materials_to_share"), names)
    mode = st.radio(
        w("share_mode"),
        ["fetched", "handed_in_once"],
        format_func=lambda name: w(f"share_{name}"),
    )
    available = st.slider(w("share_available"), 0, 100, 95, 1, format="%d%%", help=w("share_available_help"))
    if not materials:
        return None
    return ShareMaterials(
        materials=tuple(materials),
        mode="handed_in_once" if mode == "handed_in_once" else "fetched",
        available=available / 100,
    )


def _active(model: ServiceModel) -> list[str]:
    return [step.name for step in model.steps if not step.silent]


FORMS: dict[str, Callable[[Words, ServiceModel], AnyRedesign | None]] = {
    "one_window": _one_window,
    "parallel_approval": _parallel_approval,
    "remove_step": _remove_step,
    "share_materials": _share_materials,
}
