"""How each number is defined: every diagnostic and key figure, from the definitions the code itself uses."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.evidence_words import lever_name
from dashboards.markdown import plain
from dashboards.parts import page_heading
from dashboards.words import Words
from mining.diagnostics.definition import Definition
from mining.diagnostics.registry import definitions
from mining.measures import KPIS


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_definitions", "definitions_intro")
    asked = st.text_input(w("definitions_search"), key="definitions_search", icon=":material/search:")
    for definition in sorted(definitions(), key=_number):
        if _matches(definition, asked):
            _show(w, definition)
    st.subheader(w("definitions_kpis"), anchor=False)
    table = pd.DataFrame(
        {
            w("col_kpi"): [w.of(kpi.name) for kpi in KPIS],
            w("col_unit"): [w.of(kpi.unit) for kpi in KPIS],
            w("col_definition"): [w.of(kpi.definition) for kpi in KPIS],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={w("col_definition"): st.column_config.TextColumn(width="large")},
        alt=w("definitions_kpis"),
    )


def _number(definition: Definition) -> tuple[int, str]:
    """Catalogue numbers first, in their order; our own after them."""
    if not definition.ids:
        return 1_000, definition.name.en
    digits = "".join(char for char in definition.ids[0] if char.isdigit())
    return int(digits), definition.name.en


def _matches(definition: Definition, asked: str) -> bool:
    texts = (definition.name, definition.definition)
    both = [text.in_language(language) for text in texts for language in ("zh", "en")]
    text = " ".join([*definition.ids, *definition.kinds, *definition.needs, *both])
    return all(word in text.casefold() for word in asked.casefold().split())


def _show(w: Words, definition: Definition) -> None:
    ids = f"{w('list_separator').join(definition.ids)} · " if definition.ids else ""
    with st.expander(f"{ids}{plain(w.of(definition.name))}"):
        lines = [
            (w("definition_what"), w.of(definition.definition)),
            (w("definition_formula"), w.of(definition.formula)),
            (w("definition_assumed" if definition.assumed else "definition_alarm"), w.of(definition.alarm)),
            (w("definition_needs"), w("list_separator").join(definition.needs)),
            (w("definition_better_with"), w("list_separator").join(definition.better_with)),
            (w("definition_hours"), w.of(definition.hours)),
            (w("definition_example"), w.of(definition.example)),
            (
                w("definition_proposes"),
                w("list_separator").join(lever_name(lever, w) for lever in definition.proposes),
            ),
        ]
        st.markdown("\n".join(f"- **{name}** {plain(text)}" for name, text in lines if text))


if __name__ == "__main__":  # worker processes import the page file under another name
    main()
