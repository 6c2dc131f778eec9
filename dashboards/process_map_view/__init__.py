"""The process map: one layout for the interactive component, the reports and the pictures.

`component.py` (Streamlit) is imported only by the pages, so that the command line stays quick.
"""

from __future__ import annotations

from dashboards.process_map_view.layout import MapLayout, lay_out
from dashboards.process_map_view.scene import Layer, Scene, compose
from dashboards.process_map_view.svg import draw_svg
from dashboards.words import words
from mining.process_map import ProcessMap
from mining.text import Language

__all__ = ["Layer", "MapLayout", "Scene", "compose", "draw_process_map", "draw_svg", "lay_out"]


def draw_process_map(process_map: ProcessMap, language: Language, layer: Layer = "frequency") -> str:
    """A static SVG of the map, laid out and labelled; safe to put into an HTML page."""
    w = words(language)
    return draw_svg(compose(lay_out(process_map), process_map, layer, w), w("map_title"))
