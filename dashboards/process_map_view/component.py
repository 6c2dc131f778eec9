"""The interactive map in a Streamlit page: pan, zoom, click or Tab and Enter on a step or a move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import streamlit as st

from dashboards.process_map_view.layout import LINE_PX, PADDING_Y
from dashboards.process_map_view.scene import Scene
from dashboards.words import Words

HTML = """<div class="map"><svg role="group"></svg><div class="tools">
<button type="button" data-tool="out">−</button><button type="button" data-tool="in">+</button>
<button type="button" data-tool="fit">⤢</button></div></div>"""


@dataclass(frozen=True)
class SelectedStep:
    """A person chose this step."""

    name: str


@dataclass(frozen=True)
class SelectedMove:
    """A person chose the move from one step to the next; the ends may be START_NODE and END_NODE."""

    source: str
    target: str


Selection = SelectedStep | SelectedMove


def _asset(name: str) -> str:
    return files("dashboards.process_map_view").joinpath(name).read_text(encoding="utf-8")


# registered once an import: registering again at every run would replace the mounted component
_mount = st.components.v2.component(
    "onewindow_process_map", html=HTML, css=_asset("component.css"), js=_asset("component.js")
)


def show_map(
    scene: Scene,
    w: Words,
    *,
    key: str,
    height: int = 460,
    whole: bool = False,
    on_change: Callable[[], None] = lambda: None,
) -> Selection | None:
    """Draw a scene `height` pixels high; returns what is selected, or None.

    A large map begins readable, at its start; with `whole` all of it is shown, however small.
    """
    # the selection stays out of `data`: it would redraw the map at every click
    result = _mount(
        key=key,
        data={
            "scene": scene.to_json(),
            "height": height,
            "whole": whole,
            "sizes": {"line": LINE_PX, "padding": PADDING_Y},
            "words": {
                "title": w("map_title"),
                "in": w("map_zoom_in"),
                "out": w("map_zoom_out"),
                "fit": w("map_fit"),
            },
        },
        height=height,
        on_selected_change=on_change,
    )
    return read_selection(result.get("selected"))


def read_selection(value: Any) -> Selection | None:
    """What the browser reported, checked: it is input from outside."""
    if not isinstance(value, dict):
        return None
    texts = {key: item for key, item in value.items() if isinstance(item, str)}
    if texts.get("kind") == "step" and "name" in texts:
        return SelectedStep(texts["name"])
    if texts.get("kind") == "edge" and {"source", "target"} <= texts.keys():
        return SelectedMove(texts["source"], texts["target"])
    return None
