"""A BPMN diagram as a graph of tasks, waits and gateways, ready to be folded into blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from simulation.errors import ModelError
from simulation.service_model import Block

START, END, XOR, AND, BLOCK = "start", "end", "xor", "and", "block"

_GATEWAYS = {"exclusiveGateway": XOR, "parallelGateway": AND}
_CARRIED = {"task", "startEvent", "endEvent", "intermediateCatchEvent", "sequenceFlow", *_GATEWAYS}
_ABOUT = {  # says something about an element, changes nothing of the flow
    "incoming",
    "outgoing",
    "extensionElements",
    "documentation",
    "laneSet",
    "textAnnotation",
    "association",
    "ioSpecification",
    "dataObject",
    "dataObjectReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "category",
    "group",
}
_EVENT_ENDINGS = "EventDefinition"


@dataclass
class Node:
    """An element; a task or wait has its block once it is known."""

    id: str
    kind: str
    label: str
    tag: str  # as in the file
    block: Block | None = None


@dataclass
class Edge:
    """A sequence flow; `weight` is its chance at a splitting exclusive gateway."""

    id: str
    source: str
    target: str
    weight: float = 1.0


@dataclass
class Graph:
    """Nodes by id, edges in file order."""

    file: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def incoming(self, node: str) -> list[Edge]:
        """Edges into a node."""
        return [edge for edge in self.edges if edge.target == node]

    def outgoing(self, node: str) -> list[Edge]:
        """Edges out of a node."""
        return [edge for edge in self.edges if edge.source == node]

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """Nodes of some kinds, in file order; the graph may change meanwhile."""
        yield from [node for node in self.nodes.values() if node.kind in kinds]

    def remove(self, *nodes: Node) -> None:
        """Take nodes out, and the edges at them."""
        gone = {node.id for node in nodes}
        for name in gone:
            del self.nodes[name]
        self.edges = [edge for edge in self.edges if edge.source not in gone and edge.target not in gone]

    def error(self, node: Node, *, zh: str, en: str) -> ModelError:
        """A complaint about an element."""
        return ModelError(
            zh=f"{self.file}：{node.tag}“{node.label}”（id {node.id}）{zh}",
            en=f"{self.file}: {node.tag} {node.label!r} (id {node.id}) {en}",
        )


def read_bpmn(path: Path) -> Graph:
    """The one process of a file, as it is drawn.

    Raises `ModelError` naming the element for whatever is not a plain task, start, end or timer event,
    exclusive or parallel gateway or sequence flow, and for a file that is no such XML.
    """
    reader = _Reader(path.name)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(path.read_bytes(), True)
    except OSError as error:
        raise ModelError(
            zh=f"{path.name}：无法打开文件。", en=f"{path.name}: cannot be opened ({error.strerror})."
        ) from error
    except expat.ExpatError as problem:
        reason = expat.ErrorString(problem.code)
        raise ModelError(
            zh=f"{path.name} 第 {problem.lineno} 行：XML 有误（{reason}）。",
            en=f"{path.name} line {problem.lineno}: broken XML ({reason}).",
        ) from None
    return reader.done()


class _Reader:
    """What the handlers fill."""

    def __init__(self, file: str) -> None:
        self.graph = Graph(file)
        self.path: list[str] = []
        self.processes = 0

    def refuse_doctype(self, *_: object) -> None:
        """Called where a document type declaration begins."""
        raise ModelError(
            zh=f"{self.graph.file}：文件含 DOCTYPE（实体声明），出于安全不予读取；请删除。",
            en=f"{self.graph.file}: the file has a DOCTYPE (entity declarations) and is not read, for "
            "safety; remove it.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        tag = name.rpartition(":")[2]
        parent = self.path[-1] if self.path else ""
        self.path.append(tag)
        if tag == "process":
            self.processes += 1
        elif parent == "process" and tag not in _ABOUT:
            self._element(tag, attributes)
        elif parent in _CARRIED and tag not in _ABOUT:
            self._within(parent, tag)

    def end(self, _: str) -> None:
        """An element closes."""
        self.path.pop()

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        id_ = attributes.get("id", "")
        label = " ".join(attributes.get("name", "").split()) or id_
        node = Node(id_, _kind(tag), label, tag)
        if tag not in _CARRIED:
            raise self.graph.error(
                node,
                zh=f"无法转换：只支持 {'、'.join(sorted(_CARRIED))}。",
                en=f"cannot be carried over: only {', '.join(sorted(_CARRIED))} can.",
            )
        if tag == "sequenceFlow":
            self.graph.edges.append(Edge(id_, attributes["sourceRef"], attributes["targetRef"]))
        else:
            self.graph.nodes[id_] = node

    def _within(self, parent: str, tag: str) -> None:
        """Something inside an element: a timer is what an intermediate event may wait for."""
        if parent == "intermediateCatchEvent" and tag == "timerEventDefinition":
            return
        plain_event = parent in ("startEvent", "endEvent") and tag.endswith(_EVENT_ENDINGS)
        if (plain_event and tag != "terminateEventDefinition") or parent == "sequenceFlow":
            return
        node = list(self.graph.nodes.values())[-1]
        raise self.graph.error(
            node, zh=f"带有 {tag}，无法转换。", en=f"has a {tag}, which cannot be carried over."
        )

    def done(self) -> Graph:
        """The graph, once the file is read."""
        if self.processes != 1:
            raise ModelError(
                zh=f"{self.graph.file}：应有一个 process，现有 {self.processes} 个。",
                en=f"{self.graph.file}: one process is expected, found {self.processes}.",
            )
        for edge in self.graph.edges:
            for end in (edge.source, edge.target):
                if end not in self.graph.nodes:
                    raise ModelError(
                        zh=f"{self.graph.file}：sequenceFlow {edge.id} 指向不存在的元素 {end}。",
                        en=f"{self.graph.file}: sequenceFlow {edge.id} refers to {end}, which is not there.",
                    )
        return self.graph


def _kind(tag: str) -> str:
    ends = {"startEvent": START, "endEvent": END}
    return _GATEWAYS.get(tag) or ends.get(tag, BLOCK)


def normalise(graph: Graph) -> None:
    """One start, one end, one way into and out of each task, gateways that either split or join.

    A task with several ways in is reached by any of them; one with several ways out starts them all, as BPMN
    has it. All ends become one. Raises `ModelError` for elements nobody reaches or leaves.
    """
    starts = list(graph.of_kind(START))
    if len(starts) != 1 or not list(graph.of_kind(END)):
        found = [node.label for node in starts]
        raise ModelError(
            zh=f"{graph.file}：应有一个开始事件和至少一个结束事件，现有开始事件 {found}。",
            en=f"{graph.file}: one start event and an end event are expected, found the starts {found}.",
        )
    _check_connected(graph)
    _one_end(graph)
    for node in graph.of_kind(BLOCK, END):
        _gather(graph, node, XOR)
    for node in graph.of_kind(BLOCK, START):
        _scatter(graph, node, AND)
    for node in graph.of_kind(XOR, AND):
        if len(graph.incoming(node.id)) > 1 and len(graph.outgoing(node.id)) > 1:
            _gather(graph, node, node.kind)


def _check_connected(graph: Graph) -> None:
    for node in graph.nodes.values():
        if node.kind != START and not graph.incoming(node.id):
            raise graph.error(node, zh="没有流入的连线。", en="has no sequence flow into it.")
        if node.kind != END and not graph.outgoing(node.id):
            raise graph.error(node, zh="没有流出的连线。", en="has no sequence flow out of it.")


def _one_end(graph: Graph) -> None:
    first, *others = graph.of_kind(END)
    for other in others:
        for edge in graph.incoming(other.id):
            edge.target = first.id
        del graph.nodes[other.id]


def _gather(graph: Graph, node: Node, kind: str) -> None:
    """A gateway before a node with several ways in."""
    ways = graph.incoming(node.id)
    if len(ways) > 1:
        join = Node(f"{node.id} (join)", kind, node.label, node.tag)
        graph.nodes[join.id] = join
        for edge in ways:
            edge.target = join.id
        graph.edges.append(Edge(f"{join.id} out", join.id, node.id))


def _scatter(graph: Graph, node: Node, kind: str) -> None:
    """A gateway behind a node with several ways out."""
    ways = graph.outgoing(node.id)
    if len(ways) > 1:
        split = Node(f"{node.id} (split)", kind, node.label, node.tag)
        graph.nodes[split.id] = split
        for edge in ways:
            edge.source = split.id
        graph.edges.append(Edge(f"{split.id} in", node.id, split.id))
