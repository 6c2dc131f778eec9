"""`onewindow aliases` and `--aliases`: write, accept, merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboards import cli

EVENTS = "case_id,activity,dept,end_time\n" + "".join(
    f"c{n},{step},{dept},2026-03-0{2 + n % 4} {hour}:00\n"
    for n in range(20)
    for step, dept, hour in (("受理", "市监局", "09"), ("核税", "税务局", "11"))
)
PAPERS = "case_id,activity,dept,material_name,attempt_no\n" + "".join(
    f"c{n},{step},{dept},{name},1\n"
    for n in range(20)
    for step, dept, name in (("受理", "市监局", "排水设施方案"), ("核税", "税务局", "排水设施设计方案"))
)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of `onewindow ARGUMENTS`."""
    monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "papers.csv").write_text(PAPERS, encoding="utf-8")
    return (str(tmp_path / "events.csv"), "--materials", str(tmp_path / "papers.csv"), "--lang", "en")


def duplicates(monkeypatch, capsys, *arguments: str) -> list[str]:
    assert run(monkeypatch, "mine", *arguments, "--json") == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [f["where"]["material"] for f in findings if f["kind"] == "duplicate_material"]


def test_a_proposal_is_merged_once_it_is_accepted(files, tmp_path, monkeypatch, capsys):
    path = tmp_path / "aliases.yaml"
    assert run(monkeypatch, "aliases", *files, "-o", str(path)) == 0
    assert "2 written names, 2 documents; 1 pairs look alike (not merged)" in capsys.readouterr().out
    assert duplicates(monkeypatch, capsys, *files, "--aliases", str(path)) == []
    assert run(monkeypatch, "mine", *files) == 0
    said = capsys.readouterr().out
    assert "2 written names are 2 documents; 1 pairs look alike and are not merged" in said
    path.write_text(path.read_text(encoding="utf-8").replace("accept: no", "accept: yes"), encoding="utf-8")
    found = duplicates(monkeypatch, capsys, *files, "--aliases", str(path))
    assert found in (["排水设施方案"], ["排水设施设计方案"])
    # renewed from itself it keeps what was accepted
    assert run(monkeypatch, "aliases", *files, "--aliases", str(path), "-o", str(path), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["documents"] == {found[0]: ["排水设施方案", "排水设施设计方案"]}
    assert document["proposed"] == []


def test_a_file_somebody_edited_is_not_overwritten(files, tmp_path, monkeypatch, capsys):
    path = tmp_path / "aliases.yaml"
    path.write_text("aliases: {}\n", encoding="utf-8")
    assert run(monkeypatch, "aliases", *files, "-o", str(path)) == 2
    assert "exists already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "aliases: {}\n"


def test_bad_input_is_a_sentence(files, tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "aliases", files[0], "-o", str(tmp_path / "none.yaml"), "--lang", "en") == 2
    assert "no table of materials" in capsys.readouterr().err
    bad = tmp_path / "bad.yaml"
    bad.write_text("aliases: [a]", encoding="utf-8")
    assert run(monkeypatch, "mine", *files, "--aliases", str(bad)) == 2
    assert "bad.yaml: aliases must be a mapping" in capsys.readouterr().err
