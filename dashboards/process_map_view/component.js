// Draws a scene (see scene.py) as SVG and reports the step or move a person selects.
// Names come from logs: they only ever reach the page as textContent or attribute values.
const SVG = "http://www.w3.org/2000/svg";
const SMALLEST_READABLE = 0.62;
const LARGEST = 3;

function element(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}

function selectable(parent, kind, item) {
  const group = element(parent, "g", {
    class: kind, tabindex: "0", role: "button", "data-id": item.id, "aria-label": item.tooltip.replaceAll("\n", ", "),
  });
  group.style.setProperty("--heat", item.heat);
  element(group, "title", {}, item.tooltip);
  return group;
}

function drawNode(parent, node, sizes) {
  const group = node.kind === "step" && !node.ghost
    ? selectable(parent, "step", node)
    : element(parent, "g", { class: node.kind === "end" ? "end" : "ghost" });
  const radius = node.kind === "end" ? node.height / 2 : 7;
  element(group, "rect", { x: node.x, y: node.y, width: node.width, height: node.height, rx: radius });
  const middle = node.x + node.width / 2;
  if (node.kind === "end") {
    element(group, "text", { x: middle, y: node.y + node.height / 2 + 4, class: "small" }, node.lines[0]);
    return;
  }
  const top = node.y + sizes.padding;
  node.lines.forEach((line, i) => {
    element(group, "text", { x: middle, y: top + sizes.line * (i + 0.78), class: "name" }, line);
  });
  element(group, "text", { x: middle, y: top + sizes.line * (node.lines.length + 0.74), class: "small" }, node.value);
}

function drawEdge(parent, edge) {
  const group = selectable(parent, "edge", edge);
  element(group, "path", { d: edge.path, class: "reach" });
  element(group, "path", { d: edge.path, class: "line", "stroke-width": edge.stroke });
  element(group, "polygon", { points: edge.arrow });
  if (edge.label) element(group, "text", { x: edge.label_x, y: edge.label_y + 4, class: "small" }, edge.label);
}

function draw(svg, scene, sizes) {
  svg.replaceChildren();
  // steps first: the tab key meets them before the moves
  const steps = element(svg, "g", {});
  const edges = element(svg, "g", {});
  scene.nodes.forEach((node) => drawNode(steps, node, sizes));
  scene.edges.forEach((edge) => drawEdge(edges, edge));
}

function describe(scene, id) {
  const node = scene.nodes.find((n) => n.id === id);
  if (node) return { kind: "step", name: node.name };
  const edge = scene.edges.find((e) => e.id === id);
  return edge ? { kind: "edge", source: edge.source, target: edge.target } : null;
}

function applyView(svg, view) {
  const box = svg.getBoundingClientRect();
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${box.width / view.scale} ${box.height / view.scale}`);
}

function fit(svg, scene, whole) {
  const box = svg.getBoundingClientRect();
  if (!box.width || !box.height) return null;
  const fitting = Math.min(box.width / scene.width, box.height / scene.height, 1.25);
  const scale = whole ? fitting : Math.max(fitting, SMALLEST_READABLE);
  const spare = { x: box.width / scale - scene.width, y: box.height / scale - scene.height };
  // a map that does not fit begins at its start, vertically where START is
  const start = scene.nodes.find((n) => n.kind === "end");
  const centre = start ? start.y + start.height / 2 - box.height / scale / 2 : 0;
  const y = spare.y >= 0 ? -spare.y / 2 : Math.min(Math.max(centre, 0), -spare.y);
  return { scale, x: spare.x >= 0 ? -spare.x / 2 : 0, y };
}

function zoom(view, factor, at) {
  const scale = Math.min(Math.max(view.scale * factor, 0.1), LARGEST);
  const keep = 1 / view.scale - 1 / scale;
  return { scale, x: view.x + at.x * keep, y: view.y + at.y * keep };
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".map");
  const svg = root.querySelector("svg");
  const scene = data.scene;
  const state = (root.mapState ??= { shape: null, view: null, moved: false, selected: null });
  const stop = new AbortController();
  const on = (target, name, handler, options = {}) =>
    target.addEventListener(name, handler, { ...options, signal: stop.signal });

  root.style.setProperty("--height", `${data.height}px`);
  root.dataset.layer = scene.layer;
  svg.setAttribute("aria-label", data.words.title);
  draw(svg, scene, data.sizes);

  const show = (view) => { if (view) { state.view = view; applyView(svg, view); } };
  const mark = () => svg.querySelectorAll("[data-id]").forEach((g) => {
    g.classList.toggle("selected", g.dataset.id === state.selected);
    g.setAttribute("aria-pressed", g.dataset.id === state.selected);
  });
  const select = (id) => {
    state.selected = id;
    mark();
    setStateValue("selected", id === null ? null : describe(scene, id));
  };

  const shape = `${scene.width} ${scene.height} ${scene.nodes.length} ${scene.edges.length}`;
  if (state.shape !== shape) Object.assign(state, { shape, moved: false, view: null });
  show(state.moved ? state.view : fit(svg, scene, data.whole));
  if (state.selected !== null && !describe(scene, state.selected)) select(null);
  mark();

  const resized = new ResizeObserver(() => show(state.moved ? state.view : fit(svg, scene, data.whole)));
  resized.observe(root);

  const centre = () => { const b = svg.getBoundingClientRect(); return { x: b.width / 2, y: b.height / 2 }; };
  const zoomBy = (factor, at) => { state.moved = true; show(zoom(state.view, factor, at)); };
  const tools = {
    in: () => zoomBy(1.3, centre()),
    out: () => zoomBy(1 / 1.3, centre()),
    fit: () => { state.moved = true; show(fit(svg, scene, true)); },
  };
  root.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-label", data.words[button.dataset.tool]);
    button.title = data.words[button.dataset.tool];
    on(button, "click", tools[button.dataset.tool]);
  });

  let drag = null;
  on(svg, "pointerdown", (event) => {
    if (state.view) drag = { x: event.clientX, y: event.clientY, from: state.view, far: false };
  });
  on(svg, "pointermove", (event) => {
    if (!drag) return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.far && Math.hypot(dx, dy) < 4) return;
    if (!drag.far) { drag.far = true; svg.setPointerCapture(event.pointerId); }
    state.moved = true;
    show({ ...drag.from, x: drag.from.x - dx / drag.from.scale, y: drag.from.y - dy / drag.from.scale });
  });
  let dragged = false;
  on(svg, "pointerup", () => { dragged = Boolean(drag && drag.far); drag = null; });
  on(svg, "pointercancel", () => { drag = null; });
  on(svg, "click", (event) => {
    if (dragged) { dragged = false; return; }
    const hit = event.target.closest("[data-id]");
    select(hit ? hit.dataset.id : null);
  });
  on(svg, "wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the plain wheel scrolls the page
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { passive: false });
  on(root, "keydown", (event) => {
    const hit = event.target.closest("[data-id]");
    if (hit && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); select(hit.dataset.id); }
    else if (event.key === "Escape") select(null);
    else if (event.key === "+") tools.in();
    else if (event.key === "-") tools.out();
    else if (event.key === "0") tools.fit();
  });

  return () => { stop.abort(); resized.disconnect(); };
}
