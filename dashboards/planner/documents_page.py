"""Planner: the documents asked for: where, how often in vain, which could be shared, which may be one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.planner.document_figures import draw_dependencies, draw_heat_map
from dashboards.words import Words
from mining.errors import MissingColumnsError
from mining.material_aliases import MaterialAliases
from mining.material_graph import find_material_graph
from mining.material_heat_map import find_material_heat_map
from mining.material_merges import MergeProposal, aliases_file, apply_aliases, propose_merges
from mining.sharing import find_sharing

VALUES = ("avoidable", "submissions", "returns")


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_documents", "documents_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        if opened.log.materials.empty:
            st.info(w("documents_none"), icon=":material/info:")
            return
        log = session.mining_report(opened).log
        show_heat_map(w, replace(opened, log=log))
        show_sharing(w, opened)
        show_dependencies(w, opened)
        show_merges(w, opened)


def show_heat_map(w: Words, opened: OpenLog) -> None:
    """How often each department asks for each document, how often in vain, how often it returns it."""
    st.subheader(w("heat_map_title"), anchor=False)
    try:
        found = find_material_heat_map(opened.log)
    except MissingColumnsError as error:
        st.info(plain(w.of(error.text)), icon=":material/info:")
        return
    values = [value for value in VALUES if value != "returns" or found.returns_known]
    value = st.segmented_control(
        w("layer"),
        values,
        format_func=lambda name: w(f"heat_{name}"),
        default=values[0],
        required=True,
        key="heat_value",
        label_visibility="collapsed",
    )
    st.plotly_chart(draw_heat_map(found, str(value), w), key="heat_map")
    st.caption(w("heat_map_note", unknown=w.count(found.department_unknown)))


def show_sharing(w: Words, opened: OpenLog) -> None:
    """Who issues each document and whether it could be shared, with the reason."""
    st.subheader(w("sharing_title"), anchor=False)
    documents = find_sharing(opened.log)
    table = pd.DataFrame(
        {
            w("evidence_material"): [each.document for each in documents],
            w("col_rows"): [each.submissions for each in documents],
            w("col_issuer"): [each.issuer or w("unknown_short") for each in documents],
            w("col_shareable"): [w(f"answer_{each.shareable}") for each in documents],
            w("col_why"): [w.of(each.reason) for each in documents],
            w("col_receivers"): [w("list_separator").join(each.receivers) for each in documents],
            w("col_spellings"): [w("list_separator").join(each.spellings) for each in documents],
        }
    )
    st.dataframe(table, hide_index=True, alt=w("sharing_title"))
    st.caption(w("sharing_note"))


def show_dependencies(w: Words, opened: OpenLog) -> None:
    """Which steps need documents that others issue; what stands in one column can run side by side."""
    st.subheader(w("dependencies_title"), anchor=False)
    try:
        graph = find_material_graph(opened.log, session.quality_report(opened)[1])
    except MissingColumnsError as error:
        st.info(plain(w.of(error.text)), icon=":material/info:")
        return
    on_paper = st.toggle(w("on_paper"), key="on_paper", help=w("on_paper_help"))
    st.plotly_chart(draw_dependencies(graph, w, on_paper=on_paper), key="dependencies")
    path = w("path_separator").join(plain(step) for step in graph.critical_path)
    st.markdown(
        w("critical_path", path=path, hours=w.number(graph.critical_path_working_hours)),
        help=w("critical_path_help"),
    )
    for cycle in graph.cycles:
        st.warning(w("cycle", steps=w("list_separator").join(plain(step) for step in cycle)))


def show_merges(w: Words, opened: OpenLog) -> None:
    """Names that may be one document: a person decides, then everything is counted anew."""
    st.subheader(w("merges_title"), anchor=False)
    proposals = propose_merges(opened.log)
    if not proposals:
        st.caption(w("merges_none"))
    else:
        accepted = _choose(w, proposals)
        if st.button(w("merge_accepted", n=len(accepted)), disabled=not accepted, key="merge"):
            session.use_log(_merged(opened, accepted))
            st.rerun()
    st.download_button(
        w("aliases_download"),
        aliases_file(opened.log).encode("utf-8"),
        "aliases.yaml",
        "application/yaml",
        on_click="ignore",
        icon=":material/download:",
        key="aliases",
    )


def _choose(w: Words, proposals: tuple[MergeProposal, ...]) -> list[MergeProposal]:
    table = pd.DataFrame(
        {
            w("col_accept"): [False] * len(proposals),
            w("col_name"): [each.name for each in proposals],
            w("col_other_name"): [each.other for each in proposals],
            w("col_similarity"): [each.similarity for each in proposals],
            w("col_rows"): [f"{each.name_submissions} / {each.other_submissions}" for each in proposals],
            w("col_together"): [w.percent(each.together_share) for each in proposals],
        }
    )
    fixed = [name for name in table.columns if name != w("col_accept")]
    edited = st.data_editor(table, hide_index=True, disabled=fixed, key="merges")
    return [each for each, taken in zip(proposals, edited[w("col_accept")], strict=True) if taken]


def _merged(opened: OpenLog, accepted: list[MergeProposal]) -> OpenLog:
    """The log with these pairs merged, as a log of its own: everything is counted anew."""
    groups: dict[str, tuple[str, ...]] = {}
    for each in accepted:
        groups[each.name] = (*groups.get(each.name, ()), each.other)
    own = MaterialAliases(groups, source="dashboard")
    key = "-".join([opened.key, *sorted(f"{each.name}={each.other}" for each in accepted)])
    return replace(opened, log=apply_aliases(opened.log, own), key=session.short_key(key))


if __name__ == "__main__":  # worker processes import the page file under another name
    main()
