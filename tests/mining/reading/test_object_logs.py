"""OCEL 2.0 in its three formats: one type of object is the case, documents become materials."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import MATERIAL_COLUMNS
from mining.reading import read_event_log

OBJECTS = [
    ("P1", "办件", {"办件类型": [("", "承诺件")]}, []),
    ("P2", "办件", {"办件类型": [("", "即办件")]}, [("M4", "附")]),
    ("P3", "办件", {}, []),
    ("J1", "一件事", {}, [("P1", ""), ("P2", "")]),
    (
        "M1",
        "申请材料",
        {"名称": [("", "身份证")], "材料形式": [("", "复印件"), ("2026-03-02T12:00:00", "原件")]},
        [],
    ),
    ("M2", "申请材料", {"名称": [("", "章程")], "来源渠道": [("", "部门核验")]}, []),
    ("M3", "营业执照", {}, []),
    ("M4", "申请材料", {"名称": [("", "合同")]}, []),
    ("M5", "申请材料", {"名称": [("", "无主")]}, []),
    ("3号窗", "窗口", {}, []),
]
EVENTS = [
    ("e1", "受理", "2026-03-02T09:00:00", {"受理人员": "E1"}, [("P1", ""), ("M1", "提交"), ("3号窗", "")]),
    ("e2", "受理", "2026-03-02T14:00:00", {"受理人员": "E2"}, [("P1", ""), ("M1", "提交"), ("M2", "提交")]),
    ("e3", "审查", "2026-03-03T09:00:00", {}, [("P1", ""), ("P2", "")]),
    ("e4", "发证", "2026-03-04T09:00:00", {}, [("P1", ""), ("M3", "出具")]),
    ("e5", "咨询", "2026-03-04T10:00:00", {}, [("J1", "")]),
]


def as_json(path: Path) -> Path:
    document = {
        "objectTypes": [],
        "eventTypes": [],
        "objects": [
            {
                "id": name,
                "type": kind,
                "attributes": [
                    {"name": key, "time": time or "1970-01-01T00:00:00", "value": value}
                    for key, history in values.items()
                    for time, value in history
                ],
                "relationships": [{"objectId": to, "qualifier": how} for to, how in relations],
            }
            for name, kind, values, relations in OBJECTS
        ],
        "events": [
            {
                "id": name,
                "type": kind,
                "time": time,
                "attributes": [{"name": key, "value": value} for key, value in values.items()],
                "relationships": [{"objectId": to, "qualifier": how} for to, how in relations],
            }
            for name, kind, time, values, relations in EVENTS
        ],
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def as_xml(path: Path) -> Path:
    def relations_of(relations: list[tuple[str, str]]) -> str:
        each = (
            f"<relationship object-id={quoteattr(to)} qualifier={quoteattr(how)}/>" for to, how in relations
        )
        return f"<objects>{''.join(each)}</objects>"

    parts = ["<?xml version='1.0' encoding='UTF-8'?><log><objects>"]
    for name, kind, values, relations in OBJECTS:
        attributes = "".join(
            f"<attribute name={quoteattr(key)} time='{time or '1970-01-01T00:00:00'}'>{value}</attribute>"
            for key, history in values.items()
            for time, value in history
        )
        inner = f"<attributes>{attributes}</attributes>{relations_of(relations)}"
        parts.append(f"<object id={quoteattr(name)} type={quoteattr(kind)}>{inner}</object>")
    parts.append("</objects><events>")
    for name, kind, time, values, relations in EVENTS:
        attributes = "".join(
            f"<attribute name={quoteattr(key)}>{value}</attribute>" for key, value in values.items()
        )
        inner = f"<attributes>{attributes}</attributes>{relations_of(relations)}"
        parts.append(f"<event id={quoteattr(name)} type={quoteattr(kind)} time='{time}'>{inner}</event>")
    path.write_text("".join([*parts, "</events></log>"]), encoding="utf-8")
    return path


def as_sqlite(path: Path) -> Path:
    with sqlite3.connect(path) as base:
        for group in ("event", "object"):
            base.execute(f"CREATE TABLE {group} (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)")
            base.execute(f"CREATE TABLE {group}_map_type (ocel_type TEXT, ocel_type_map TEXT)")
        base.execute(
            "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT)"
        )
        base.execute(
            "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT)"
        )
        for kind in dict.fromkeys(kind for _, kind, _, _ in OBJECTS):
            base.execute("INSERT INTO object_map_type VALUES (?, ?)", (kind, kind))
            base.execute(
                f'CREATE TABLE "object_{kind}" (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, '
                '"办件类型" TEXT, "名称" TEXT, "材料形式" TEXT, "来源渠道" TEXT)'
            )
        for kind in dict.fromkeys(kind for _, kind, _, _, _ in EVENTS):
            base.execute("INSERT INTO event_map_type VALUES (?, ?)", (kind, kind))
            base.execute(f'CREATE TABLE "event_{kind}" (ocel_id TEXT, ocel_time TIMESTAMP, "受理人员" TEXT)')
        for name, kind, values, relations in OBJECTS:
            base.execute("INSERT INTO object VALUES (?, ?)", (name, kind))
            for key, history in values.items():
                for time, value in history:
                    base.execute(
                        f'INSERT INTO "object_{kind}" (ocel_id, ocel_time, ocel_changed_field, "{key}") '
                        "VALUES (?, ?, ?, ?)",
                        (name, time or "1970-01-01 00:00:00", key if time else None, value),
                    )
            for to, how in relations:
                base.execute("INSERT INTO object_object VALUES (?, ?, ?)", (name, to, how))
        for name, kind, time, event_values, relations in EVENTS:
            base.execute("INSERT INTO event VALUES (?, ?)", (name, kind))
            row = (name, time.replace("T", " "), event_values.get("受理人员"))
            base.execute(f'INSERT INTO "event_{kind}" VALUES (?, ?, ?)', row)
            for to, how in relations:
                base.execute("INSERT INTO event_object VALUES (?, ?, ?)", (name, to, how))
    base.close()
    return path


WRITERS = {
    "a.jsonocel": as_json,
    "a.json": as_json,
    "a.xmlocel": as_xml,
    "a.xml": as_xml,
    "a.sqlite": as_sqlite,
}


@pytest.fixture(params=list(WRITERS))
def path(request, tmp_path) -> Path:
    return WRITERS[request.param](tmp_path / request.param)


def codes(log) -> dict[str, int]:
    return {issue.code: issue.rows for issue in log.quality.issues}


def test_the_case_is_the_type_of_which_most_events_touch_exactly_one(path):
    log = read_event_log(path)
    assert log.events[["case_id", "activity"]].to_numpy().tolist() == [
        ["P1", "受理"],
        ["P1", "受理"],
        ["P1", "审查"],
        ["P1", "发证"],
        ["P2", "审查"],
    ]
    chosen = log.quality.issue("object_type_chosen").message.zh
    assert "“办件”" in chosen
    assert "窗口 1" in chosen
    assert "作为材料的类型：申请材料, 营业执照" in chosen
    assert log.name == "a"


def test_convergence_and_what_belongs_to_no_case_are_counted(path):
    log = read_event_log(path)
    found = codes(log)
    assert found["events_of_several_cases"] == 1
    assert "1 rows more" in log.quality.issue("events_of_several_cases").message.en
    assert found["events_of_no_case"] == 1
    assert found["objects_without_events"] == 1
    assert found["materials_without_case"] == 1
    assert log.quality.rows_read == log.n_events == 5


def test_objects_become_columns_and_attributes(path):
    log = read_event_log(path)
    assert log.events["window"].tolist()[0] == "3号窗"
    assert log.events["officer"].tolist()[:2] == ["E1", "E2"]
    assert log.cases.set_index("case_id")["case_type"].to_dict() == {"P1": "承诺件", "P2": "即办件"}


def test_documents_are_materials_with_their_attributes_at_the_time(path):
    log = read_event_log(path)
    materials = log.materials
    assert list(materials.columns) == list(MATERIAL_COLUMNS)
    first = materials[materials["case_id"] == "P1"]
    assert first["material_name"].tolist() == ["身份证", "身份证", "章程"]
    assert first["activity"].tolist() == ["受理"] * 3
    assert first["form"].tolist()[:2] == ["复印件", "原件"]
    assert first["attempt_no"].tolist() == [1, 2, 1]
    assert first["source"].tolist()[2] == "数据共享"
    assert first["ts_received"].tolist()[0] == pd.Timestamp("2026-03-02 09:00")
    # tied to the case by a relation between objects: no step, no time
    second = materials[materials["case_id"] == "P2"]
    assert second["material_name"].tolist() == ["合同"]
    assert second["ts_received"].isna().all()
    # the event that made a document issues it
    assert log.events["issues"].dropna().tolist() == ["营业执照"]


def test_another_type_can_be_chosen(path):
    log = read_event_log(path, object_type="一件事")
    assert log.events[["case_id", "activity"]].to_numpy().tolist() == [["J1", "咨询"]]
    assert read_event_log(path, material_types=["窗口"]).materials["material_name"].tolist() == ["窗口"]


def test_types_that_are_not_there_are_named_with_those_that_are(path):
    with pytest.raises(LogError, match=r"no objects of type 'Order', there are: .*办件"):
        read_event_log(path, object_type="Order")
    with pytest.raises(LogError, match="no objects of type 'x'"):
        read_event_log(path, material_types=["x"])


def test_a_type_is_nothing_for_other_files(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case,activity,time\n1,a,2026-03-02\n")
    with pytest.raises(LogError, match="no object-centric log"):
        read_event_log(path, object_type="办件")


def test_the_formats_give_the_same_log(tmp_path):
    logs = [read_event_log(write(tmp_path / name)) for name, write in WRITERS.items()]
    for log in logs[1:]:
        for table in ("events", "cases", "materials"):
            pd.testing.assert_frame_equal(getattr(log, table), getattr(logs[0], table))
        assert codes(log) == codes(logs[0])


@pytest.mark.shared_data
def test_the_example_of_the_specification_in_three_formats(shared_data):
    """JSON has its times in UTC, the others on the wall clock of +01:00."""
    files = [shared_data / "ocel" / f"ocel20_example.{kind}" for kind in ("sqlite", "jsonocel", "xmlocel")]
    logs = [read_event_log(path, timezone="Europe/Berlin") for path in files]
    for log in logs:
        assert (log.n_cases, log.n_events) == (3, 9)
        assert codes(log)["events_of_no_case"] == 4
        for table in ("events", "cases"):
            pd.testing.assert_frame_equal(getattr(log, table), getattr(logs[0], table))
    assert logs[0].events["time"].tolist()[0] == pd.Timestamp("2022-01-14 12:00")
    assert [read_event_log(path).zone for path in files] == ["local", "UTC", "local"]


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["sqlite", "jsonocel", "xmlocel"])
def test_counts_agree_with_pm4py(shared_data, kind):
    import pm4py

    path = shared_data / "ocel" / f"ocel20_example.{kind}"
    read = {"sqlite": "read_ocel2_sqlite", "jsonocel": "read_ocel2_json", "xmlocel": "read_ocel2_xml"}[kind]
    theirs = getattr(pm4py, read)(str(path))
    for object_type in ("Invoice", "Payment", "Purchase Order", "Purchase Requisition"):
        flat = pm4py.ocel_flattening(theirs, object_type)
        ours = read_event_log(path, object_type=object_type)
        assert ours.n_events == len(flat)
        assert ours.n_cases == flat["case:concept:name"].nunique()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {x} "{f"&{y};" * 10}">' for x, y in zip("bcdefghij", "abcdefghi", strict=True))
    + "]><log><events><event id='&j;' type='a' time='2026-03-02'/></events></log>"
)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "[1, 2", ["no valid JSON", "incomplete"]),
        ("a.json", "[" * 100_000, ["no valid JSON"]),
        ("a.json", '{"a": 1}', ["no OCEL 2.0", "found a"]),
        ("a.json", '{"ocel:events": {}}', ["OCEL 1.0"]),
        ("a.json", '{"events": [], "objects": []}', ["no events"]),
        ("a.json", '{"events": {"e": 1}, "objects": []}', ["events must be [...]"]),
        ("a.json", '{"events": [{"id": "e"}], "objects": []}', ["events[0].type"]),
        (
            "a.jsonocel",
            '{"events": [], "objects": [{"id": "o", "type": "t", "relationships": [1]}]}',
            ["[0] must be"],
        ),
        ("a.xmlocel", "<log><events><event id='e'", ["line 1", "broken XML"]),
        ("a.xmlocel", "<html/>", ["<html>", "<log>"]),
        (
            "a.xmlocel",
            "<log><events><event id='e' time='x'/></events></log>",
            ["<event> has no attribute type"],
        ),
        ("a.xmlocel", BOMB, ["DOCTYPE"]),
        ("a.xml", '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', ["DOCTYPE"]),
        ("a.sqlite", "no database at all", ["is no SQLite database"]),
        (
            "a.json",
            '{"events": [{"id": "e", "type": "a", "time": "2026"}], "objects": []}',
            ["no type of object"],
        ),
    ],
)
def test_files_that_are_no_object_centric_log(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    check_refused(path, *words)


def check_refused(path: Path, *words: str) -> None:
    with pytest.raises(LogError) as caught:
        read_event_log(path)
    for word in (path.name, *words):
        assert word in caught.value.text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)


def test_a_truncated_database(tmp_path):
    path = as_sqlite(tmp_path / "a.sqlite")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    check_refused(path, "incomplete or damaged")


def test_a_database_without_a_table_it_names(tmp_path):
    path = as_sqlite(tmp_path / "a.sqlite")
    with sqlite3.connect(path) as base:
        base.execute('DROP TABLE "event_受理"')
    base.close()
    check_refused(path, "event_受理")


def test_reading_leaves_the_database_as_it_is(tmp_path):
    path = as_sqlite(tmp_path / "a.sqlite")
    before = path.read_bytes()
    read_event_log(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.sqlite"]


def test_relations_to_nothing_and_repeated_ids_are_counted(tmp_path):
    path = as_json(tmp_path / "a.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["events"][0]["relationships"].append({"objectId": "nobody", "qualifier": ""})
    document["events"].append(document["events"][0])
    path.write_text(json.dumps(document), encoding="utf-8")
    found = codes(read_event_log(path))
    assert found["dangling_relations"] == 1
    assert found["duplicate_ocel_ids"] == 1
