"""OCEL 2.0 as XML: read by expat, which refuses a document type before any entity could expand."""

from __future__ import annotations

from xml.parsers import expat

from mining.errors import LogError
from mining.reading.files import BLOCK_BYTES, SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.object_log import ObjectLog, ObjectLogRows


def read_ocel_xml(source: SourceFile, limits: ReadLimits) -> ObjectLog:
    """The log in an XML file; raises `LogError` for broken XML (with its line), entities, other XML."""
    elements = _Elements(source.name)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = elements.refuse_doctype
    parser.StartElementHandler = elements.start
    parser.EndElementHandler = elements.end
    parser.CharacterDataHandler = elements.text
    with source.open(limits) as stream:
        try:
            while block := stream.read(BLOCK_BYTES):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as problem:
            reason = expat.ErrorString(problem.code)
            raise LogError(
                zh=f"{source.name} 第 {problem.lineno} 行：XML 有误（{reason}），文件可能不完整或已损坏。",
                en=f"{source.name} line {problem.lineno}: broken XML ({reason}); the file may be incomplete "
                "or damaged.",
            ) from None
    return elements.rows.done()


class _Elements:
    """What the handlers fill. `path` has the local names of the open elements."""

    def __init__(self, file: str) -> None:
        self.rows = ObjectLogRows(file)
        self.path: list[str] = []
        self.owner = ""  # id of the event or object that is open
        self.attribute: tuple[str, str] | None = None  # name and time
        self.pieces: list[str] = []

    def refuse_doctype(self, *_: object) -> None:
        """Called where a document type declaration begins."""
        raise LogError(
            zh=f"{self.rows.file}：文件含 DOCTYPE（实体声明），出于安全不予读取；OCEL 不需要它，请删除。",
            en=f"{self.rows.file}: the file has a DOCTYPE (entity declarations) and is not read, for safety; "
            "OCEL needs none, remove it.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        local = name.rpartition(":")[2]
        self.path.append(local)
        if len(self.path) == 1 and local != "log":
            raise LogError(
                zh=f"{self.rows.file}：根元素是 <{name}>，OCEL 日志应为 <log>。",
                en=f"{self.rows.file}: the root element is <{name}>, that of an OCEL log is <log>.",
            )
        group = self.path[1] if len(self.path) > 2 else ""
        if group not in ("events", "objects"):
            return
        if len(self.path) == 3:
            self._open(group, name, attributes)
        elif local == "attribute":
            self.attribute = (self._required(attributes, "name", name), attributes.get("time", ""))
            self.pieces = []
        elif "object-id" in attributes:
            relation = (self.owner, attributes["object-id"], attributes.get("qualifier", ""))
            (self.rows.event_objects if group == "events" else self.rows.object_objects).append(relation)

    def _open(self, group: str, name: str, attributes: dict[str, str]) -> None:
        self.owner = self._required(attributes, "id", name)
        kind = self._required(attributes, "type", name)
        if group == "events":
            self.rows.events.append((self.owner, kind, attributes.get("time", "")))
        else:
            self.rows.objects.append((self.owner, kind))

    def _required(self, attributes: dict[str, str], key: str, element: str) -> str:
        if key not in attributes:
            raise LogError(
                zh=f"{self.rows.file}：不是 OCEL 2.0：<{element}> 没有属性 {key}。",
                en=f"{self.rows.file}: is no OCEL 2.0 log: <{element}> has no attribute {key}.",
            )
        return attributes[key]

    def text(self, data: str) -> None:
        """Characters of an attribute's value."""
        if self.attribute is not None:
            self.pieces.append(data)

    def end(self, _: str) -> None:
        """An element closes."""
        if self.attribute is not None and self.path[-1] == "attribute":
            (name, time), value = self.attribute, "".join(self.pieces)
            if value and self.path[1] == "events":
                self.rows.event_values.append((self.owner, name, value))
            elif value:
                self.rows.object_values.append((self.owner, name, time, value))
            self.attribute = None
        self.path.pop()
