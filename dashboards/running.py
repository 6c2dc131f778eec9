"""Progress and cancel of a simulation, and of making the fast engine, on any page that wants them."""

from __future__ import annotations

import streamlit as st

from dashboards import session
from dashboards.fast_engine import fast_engine
from dashboards.markdown import plain
from dashboards.words import Words

POLL_SECONDS = 0.5


def show_job(w: Words) -> bool:
    """Progress of the session's job with a cancel button, or why it ended; True while it runs.

    While the fast engine is made its progress is shown too.
    """
    if fast_engine().state == "preparing":
        _watch_engine(w)
    job = session.job()
    if job is None:
        return False
    if job.state == "failed" and job.error is not None:
        st.error(plain(job.error.in_language(w.language)), icon=":material/error:")
        session.forget_job()
        return False
    if job.state == "cancelled":
        st.info(w("run_cancelled"), icon=":material/cancel:")
        session.forget_job()
        return False
    _watch(w)
    return True


@st.fragment(run_every=POLL_SECONDS)
def _watch_engine(w: Words) -> None:
    engine = fast_engine()
    if engine.state != "preparing":
        st.rerun()
        return
    st.progress(engine.share, text=w("engine_progress", share=engine.share))


@st.fragment(run_every=POLL_SECONDS)
def _watch(w: Words) -> None:
    job = session.job()
    if job is None or job.state != "running":
        st.rerun()
        return
    bar, button = st.columns([4, 1], vertical_alignment="bottom")
    with bar:
        name = plain(w.of(job.question.scenario.name))
        st.progress(job.done / job.total, text=w("run_progress", name=name, done=job.done, total=job.total))
    with button:
        st.button(w("run_cancel"), on_click=job.cancel, key="cancel_job", icon=":material/stop_circle:")
