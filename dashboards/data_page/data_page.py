"""Data: choose a sample or upload a log, see what reading found, take the rejected rows home."""

from __future__ import annotations

import streamlit as st

from dashboards import session
from dashboards.app import PROCESS_MAP_PAGE
from dashboards.data_page.quality import show_quality
from dashboards.logs import DEFAULT_SAMPLE, UPLOAD_TYPES, OpenLog, Upload, open_upload
from dashboards.markdown import plain
from dashboards.parts import page_heading, shown_errors
from dashboards.words import Words

MATERIALS_TYPES = ["csv", "xlsx", "parquet"]
DATE_ORDERS = {"auto": None, "day_first": True, "month_first": False}


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_data", "data_intro")
    sample, upload = st.columns([1, 1.6], gap="medium")
    with sample, st.container(border=True):
        choose_sample(w)
    with upload, st.container(border=True):
        upload_log(w)
    with shown_errors(w):
        opened = session.opened_log()
    show_opened(w, opened)
    show_quality(w, opened)


def choose_sample(w: Words) -> None:
    """One of the sample services."""
    from sample_logs import load_service, sample_names

    st.subheader(w("sample_title"), anchor=False)
    st.caption(w("sample_note"))
    names = sample_names()
    current = st.session_state.get("sample", DEFAULT_SAMPLE)
    name = st.selectbox(
        w("sample"),
        names,
        names.index(current) if current in names else 0,
        format_func=lambda each: w("sample_name", letter=each, name=w.of(load_service(each).name)),
        key="sample_choice",
    )
    if st.button(w("use_sample"), icon=":material/science:", key="use_sample"):
        session.use_sample(name)
        st.rerun()


def upload_log(w: Words) -> None:
    """A person's own files; nothing is kept after the session."""
    st.subheader(w("upload_title"), anchor=False)
    st.caption(w("upload_note"))
    log_file = st.file_uploader(w("upload_log"), type=list(UPLOAD_TYPES), key="log_file")
    with st.expander(w("upload_more"), icon=":material/settings:"):
        materials = st.file_uploader(w("upload_materials"), type=MATERIALS_TYPES, key="materials_file")
        columns = st.file_uploader(w("upload_columns"), type=["yaml", "yml"], key="columns_file")
        order = st.radio(
            w("date_order"),
            list(DATE_ORDERS),
            format_func=lambda name: w(f"date_order_{name}"),
            horizontal=True,
            key="date_order",
        )
        zone = st.text_input(w("timezone"), placeholder="Asia/Shanghai", help=w("timezone_help"), key="zone")
    clicked = st.button(
        w("read_log"),
        type="primary",
        icon=":material/upload_file:",
        disabled=log_file is None,
        key="read_log",
    )
    if not clicked or log_file is None:
        return
    upload = Upload(
        name=log_file.name,
        content=log_file.getvalue(),
        materials_name=materials.name if materials else None,
        materials_content=materials.getvalue() if materials else None,
        columns=columns.getvalue() if columns else None,
        timezone=zone.strip() or None,
        day_first=DATE_ORDERS[order],
    )
    with shown_errors(w), st.spinner(w("reading_log"), show_time=True):
        session.use_log(open_upload(upload))


def show_opened(w: Words, opened: OpenLog) -> None:
    """Which log is in use now, and the way on."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.success(
            w(
                "in_use",
                name=plain(opened.log.name),
                cases=w.count(opened.log.n_cases),
                events=w.count(opened.log.n_events),
            ),
            icon=":material/task_alt:",
        )
    with right:
        if st.button(w("to_map"), icon=":material/account_tree:", key="to_map", width="stretch"):
            st.switch_page(PROCESS_MAP_PAGE, query_params={session.LANGUAGE_PARAMETER: w.language})


if __name__ == "__main__":  # worker processes import the page file under another name
    main()
