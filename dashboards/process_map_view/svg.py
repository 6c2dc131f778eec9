"""The scene as one static SVG text for reports: no script, no links, every name escaped."""

from __future__ import annotations

from html import escape

from dashboards.process_map_view.labels import FONT_PX, SMALL_PX
from dashboards.process_map_view.layout import LINE_PX, PADDING_Y
from dashboards.process_map_view.scene import DrawnEdge, DrawnNode, Scene

INK, LINE, PAPER, MUTED = (31, 35, 40), (110, 119, 129), (255, 255, 255), (140, 149, 159)
HEAT = {"frequency": (31, 111, 235), "time": (207, 90, 18)}
FONTS = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',system-ui,sans-serif"


def draw_svg(scene: Scene, title: str) -> str:
    """An `<svg>` element of the scene's size that shrinks to the width of the page; light colours."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width:g} {scene.height:g}"'
        f' width="{scene.width:g}" style="max-width:100%;height:auto" role="img"'
        f' font-family="{FONTS}" text-anchor="middle"><title>{escape(title)}</title>'
    ]
    parts += [_edge(edge, scene) for edge in scene.edges]
    parts += [_node(node, scene) for node in scene.nodes]
    parts += [_edge_label(edge) for edge in scene.edges if edge.label]
    parts.append("</svg>")
    return "".join(parts)


def _mix(strong: tuple[int, int, int], weak: tuple[int, int, int], share: float) -> str:
    mixed = (round(s * share + p * (1 - share)) for s, p in zip(strong, weak, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _edge(edge: DrawnEdge, scene: Scene) -> str:
    colour = _mix(HEAT[scene.layer], LINE, edge.heat)
    return (
        f'<g><title>{escape(edge.tooltip)}</title><path d="{edge.path}" fill="none" stroke="{colour}"'
        f' stroke-width="{edge.stroke:g}"/><polygon points="{edge.arrow}" fill="{colour}"/></g>'
    )


def _edge_label(edge: DrawnEdge) -> str:
    halo = ' stroke="#fff" stroke-width="3.5" paint-order="stroke"'
    return _text(edge.label_x, edge.label_y + 4, edge.label, SMALL_PX, _mix(INK, INK, 1), halo)


def _text(x: float, y: float, text: str, size: float, colour: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}"{more}>{escape(text)}</text>'


def _node(node: DrawnNode, scene: Scene) -> str:
    fill = _mix(HEAT[scene.layer], PAPER, 0.06 + 0.44 * node.heat) if node.kind == "step" else "#eef1f4"
    stroke, dash = _mix(LINE, PAPER, 0.8), ""
    if node.ghost:
        fill, stroke, dash = "none", _mix(MUTED, PAPER, 0.7), ' stroke-dasharray="5 4"'
    radius = node.height / 2 if node.kind == "end" else 7
    parts = [
        f"<g><title>{escape(node.tooltip)}</title>"
        f'<rect x="{node.x:g}" y="{node.y:g}" width="{node.width:g}" height="{node.height:g}" rx="{radius:g}"'
        f' fill="{fill}" stroke="{stroke}"{dash}/>'
    ]
    ink = _mix(MUTED, PAPER, 0.9) if node.ghost else _mix(INK, INK, 1)
    x = node.x + node.width / 2
    if node.kind == "end":
        y = node.y + node.height / 2 + 4
        parts.append(_text(x, y, node.lines[0], SMALL_PX + 1, ink))
    else:
        for number, line in enumerate(node.lines):
            y = node.y + PADDING_Y + LINE_PX * (number + 0.78)
            parts.append(_text(x, y, line, FONT_PX, ink, ' font-weight="600"'))
        y = node.y + PADDING_Y + LINE_PX * (len(node.lines) + 0.74)
        parts.append(_text(x, y, node.value, SMALL_PX, ink))
    return "".join([*parts, "</g>"])
