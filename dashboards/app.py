"""The frame of all pages: configuration, navigation, language, the log in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboards import session
from dashboards.words import Words

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

HERE = Path(__file__).parent
PROCESS_MAP_PAGE = "dashboards/planner/process_map_page.py"
DOCUMENTS_PAGE = "dashboards/planner/documents_page.py"
CONFORMANCE_PAGE = "dashboards/planner/conformance_page.py"
JOURNEYS_PAGE = "dashboards/planner/journeys_page.py"
DEFINITIONS_PAGE = "dashboards/planner/definitions_page.py"
WHAT_IF_PAGE = "dashboards/analyst/what_if_page.py"
WATCH_PAGE = "dashboards/analyst/watch_page.py"
MEASURED_REFORM_PAGE = "dashboards/leadership/measured_reform_page.py"
BEFORE_AFTER_PAGE = "dashboards/leadership/before_after_page.py"
DATA_PAGE = "dashboards/data_page/data_page.py"
SIDEBAR_PX = 232
# less air around the page, so that a map and its facts fit on 1280 x 720
STYLE = """<style>
.stMainBlockContainer{padding:1.1rem 2rem 2rem}
[data-testid="stSidebarHeader"]{height:1.6rem;padding:.5rem 1rem 0}
.stAppHeader{height:0;min-height:0}
[data-testid="stMetricValue"]{font-size:1.3rem}
.st-key-headline p{font-size:1.08rem;font-weight:600;line-height:1.55}
.st-key-cards h4{padding:0!important;font-size:1.15rem}
h1{font-size:1.6rem!important;padding:0 0 .5rem!important}
.stMainBlockContainer>.stVerticalBlock{gap:.65rem}h3{font-size:1.15rem!important}
</style>"""


def run() -> None:
    """Configure, navigate, draw the sidebar, run the chosen page."""
    st.set_page_config(
        page_title="onewindow 一窗",
        page_icon=str(HERE / "icon.svg"),  # a :material: icon would be fetched from the network
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    w = session.current_words()
    page = st.navigation(_pages(w))
    st.html(STYLE)
    with st.sidebar:
        _language_switch(w)
    session.collect_answer()
    page.run()


# section -> (file, title, icon, path in the link) of each page; a section is one person's way through
PAGES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "section_planner": (
        (PROCESS_MAP_PAGE, "page_map", ":material/account_tree:", "map"),
        (DOCUMENTS_PAGE, "page_documents", ":material/description:", "documents"),
        (JOURNEYS_PAGE, "page_journeys", ":material/route:", "journeys"),
        (CONFORMANCE_PAGE, "page_conformance", ":material/rule:", "conformance"),
    ),
    "section_analyst": (
        (WHAT_IF_PAGE, "page_what_if", ":material/tune:", "what-if"),
        (WATCH_PAGE, "page_watch", ":material/visibility:", "watch"),
    ),
    "section_leader": (
        (BEFORE_AFTER_PAGE, "page_before_after", ":material/compare_arrows:", "before-after"),
        (MEASURED_REFORM_PAGE, "page_measured_reform", ":material/event_available:", "measured-reform"),
    ),
    "section_data": (
        (DATA_PAGE, "page_data", ":material/database:", "data"),
        (DEFINITIONS_PAGE, "page_definitions", ":material/menu_book:", "definitions"),
    ),
}


def _pages(w: Words) -> dict[str, list[StreamlitPage]]:
    return {
        w(section): [
            st.Page(
                HERE.parent / file, title=w(title), icon=icon, url_path=path, default=file == PROCESS_MAP_PAGE
            )
            for file, title, icon, path in pages
        ]
        for section, pages in PAGES.items()
    }


def _language_switch(w: Words) -> None:
    names = {"zh": "中文", "en": "English"}  # each language in its own words

    def changed() -> None:
        session.set_language("zh" if st.session_state["language_switch"] == "zh" else "en")

    # the link may have changed the language without the switch
    st.session_state["language_switch"] = w.language
    st.segmented_control(
        w("language"),
        list(names),
        format_func=names.__getitem__,
        key="language_switch",
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )
