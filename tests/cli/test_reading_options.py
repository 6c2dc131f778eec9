"""Tables beside the log, given on the command line."""

from __future__ import annotations

import json
import sqlite3

import pytest

EVENTS = "办件编号,环节名称,开始时间,结束时间\nP1,受理,2026-03-02 09:00,2026-03-02 09:10\n"
TICKETS = "排队号,取号时间,叫号时间,状态\nA1,2026-03-02 09:00,2026-03-02 09:05,过号\n"


def test_a_folder_of_tables(onewindow, tmp_path, capsys):
    folder = tmp_path / "办件库"
    folder.mkdir()
    (folder / "up_pro_process.csv").write_text(EVENTS, encoding="utf-8")
    (folder / "排队叫号.csv").write_text(TICKETS, encoding="utf-8")
    assert onewindow("mine", str(folder), "--json", "--lang", "en") == 0
    issues = json.loads(capsys.readouterr().out)["quality"]["issues"]
    read = next(issue for issue in issues if issue["code"] == "tables_read")
    assert "up_pro_process.csv = events" in read["message"]
    assert "排队叫号.csv = tickets" in read["message"]


def test_a_file_of_tickets(onewindow, tmp_path, capsys):
    path = tmp_path / "tickets.csv"
    path.write_text(TICKETS, encoding="utf-8")
    assert onewindow("mine", str(path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["quality"]["events_kept"] == 1


def test_a_table_beside_the_log(onewindow, tmp_path, capsys):
    events, reviews = tmp_path / "a.csv", tmp_path / "r.csv"
    events.write_text(EVENTS, encoding="utf-8")
    reviews.write_text("办件编号,满意度代码\nP9,1\n", encoding="utf-8")
    assert onewindow("mine", str(events), "--table", f"reviews={reviews}", "--json") == 0
    issues = json.loads(capsys.readouterr().out)["quality"]["issues"]
    assert "reviews_without_case" in [issue["code"] for issue in issues]


@pytest.mark.parametrize("option", ["reviews", "reviews=", "opinions=a.csv"])
def test_options_that_name_no_table(onewindow, tmp_path, capsys, option):
    events = tmp_path / "a.csv"
    events.write_text(EVENTS, encoding="utf-8")
    assert onewindow("mine", str(events), "--table", option, "--lang", "en") == 2
    assert "reviews" in capsys.readouterr().err


def test_the_type_of_object_that_is_the_case(onewindow, tmp_path, capsys):
    path = tmp_path / "a.jsonocel"
    objects = [{"id": "P1", "type": "办件"}, {"id": "M1", "type": "附页"}, {"id": "M2", "type": "附页"}]
    events = [
        {
            "id": f"e{number}",
            "type": "受理",
            "time": f"2026-03-0{number}T09:00:00",
            "relationships": [{"objectId": name, "qualifier": ""} for name in ("P1", f"M{number}")],
        }
        for number in (1, 2)
    ]
    path.write_text(json.dumps({"objects": objects, "events": events}), encoding="utf-8")
    arguments = ("mine", str(path), "--object-type", "附页", "--json")
    assert onewindow(*arguments) == 0
    assert json.loads(capsys.readouterr().out)["log"]["cases"] == 2
    assert onewindow("mine", str(path), "--material-type", "附页", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["log"]["cases"] == 1
    assert onewindow("mine", str(path), "--object-type", "人", "--lang", "en") == 2
    assert "办件" in capsys.readouterr().err


def test_a_database(onewindow, tmp_path, capsys):
    path = tmp_path / "hall.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE steps (case_id, activity, time)")
        base.execute("INSERT INTO steps VALUES ('P1', 'a', '2026-03-02 09:00')")
    base.close()
    for choice in (("--sql-table", "steps"), ("--sql-query", "SELECT * FROM steps")):
        assert onewindow("mine", f"sqlite:///{path}", *choice, "--json") == 0
        assert json.loads(capsys.readouterr().out)["log"]["events"] == 1
    assert onewindow("mine", f"sqlite:///{path}", "--sql-query", "DROP TABLE steps", "--lang", "en") == 2
    assert "single SELECT" in capsys.readouterr().err


def test_a_password_is_not_printed(onewindow, capsys):
    assert onewindow("mine", "oracle://hall:secret@host/x", "--lang", "en") == 2
    streams = capsys.readouterr()
    assert "secret" not in streams.out + streams.err
