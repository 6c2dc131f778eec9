"""The commands as a user calls them: exit codes, what goes to stdout, what to stderr."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from dashboards import cli

SMALL_LOG = "case_id,activity,start_time,end_time\n" + "".join(
    f"P-{case},{step},2026-03-0{2 + case % 4} {hour:02d}:00,2026-03-0{2 + case % 4} {hour:02d}:20\n"
    for case in range(30)
    for hour, step in ((9, "受理"), (10, "审核"), (14, "办结"))
)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of `onewindow ARGUMENTS`."""
    monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


def test_mine_prints_one_json_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.csv"
    path.write_text(SMALL_LOG, encoding="utf-8")
    assert run(monkeypatch, "mine", str(path), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["log"]["cases"] == 30
    assert document["log"]["events"] == 90
    assert document["journeys"]["journeys"] == 30
    assert {step["name"] for step in document["map"]["steps"]} == {"受理", "审核", "办结"}
    assert document["variants"]["total"] == 1
    assert isinstance(document["findings"], list)
    assert document["quality"]["rows_read"] == 90


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_input_is_one_sentence_and_exit_code_two(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    assert run(monkeypatch, "mine", str(path), "--lang", language, "--json") == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "empty.csv" in streams.err
    assert len(streams.err.strip().splitlines()) == 1
    assert any("一" <= char <= "鿿" for char in streams.err) == (language == "zh")


BAD_FILES = {
    "empty.csv": b"",
    "no_case.csv": "环节名称,结束时间\n受理,2026-03-02 09:00\n".encode(),
    "cut.xes.gz": gzip.compress(b"<log>" + b"<trace></trace>" * 5000)[:60],
    "garbage.xlsx": b"not a workbook",
    "bomb.xes": b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<log><trace><string key="concept:name" value="&b;"/></trace></log>',
    "zeros.xes.gz": gzip.compress(b"<log>" + b" " * 60_000_000 + b"</log>"),
    "what.pdf": b"%PDF-1.4",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_every_bad_file_ends_with_exit_code_two(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    assert run(monkeypatch, "mine", str(path), "--json") == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert name in streams.err
    assert "Traceback" not in streams.err


def test_unknown_service_lists_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "办件编号,事项名称,环节名称,结束时间\n1,企业开办,受理,2026-03-02 09:00\n", encoding="utf-8"
    )
    assert run(monkeypatch, "mine", str(path), "--service", "不动产") == 2
    assert "企业开办" in capsys.readouterr().err


def test_packages_of_another_distribution_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = cli.importlib.util.find_spec

    class Elsewhere:
        submodule_search_locations = [str(tmp_path / "simulation")]  # noqa: RUF012 - stands in for a spec

    monkeypatch.setattr(
        cli.importlib.util, "find_spec", lambda name: Elsewhere() if name == "simulation" else real(name)
    )
    assert run(monkeypatch, "mine", "any.csv", "--lang", "en") == 2
    assert "different folders" in capsys.readouterr().err


def test_the_commands_of_the_contract_are_there() -> None:
    names = {each.name or each.callback.__name__ for each in cli.app.registered_commands if each.callback}
    assert {"sample", "mine", "calibrate", "simulate", "compare"} <= names
