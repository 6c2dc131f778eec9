"""Widgets whose values stand in the link, so that a view can be sent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def start_from_link(key: str, parameter: str, options: Sequence[str], default: str) -> None:
    """Give the widget `key` its first value: that of the link if it is an option, else the default; and
    again where its options have changed and no longer hold it."""
    if st.session_state.get(key) in options:
        return
    asked = st.query_params.get(parameter)
    st.session_state[key] = asked if asked in options else default


def keep_in_link(parameter: str, value: object) -> None:
    """Write a value into the link."""
    if st.query_params.get(parameter) != str(value):
        st.query_params[parameter] = str(value)
