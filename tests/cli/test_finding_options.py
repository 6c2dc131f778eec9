"""What `onewindow mine` says about people and protected steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboards import cli
from dashboards.printing import print_findings
from mining.diagnostics.shared import case_waiting, lost_hours
from mining.findings import Finding
from mining.text import Language, Text


def mine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["onewindow", "mine", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    streams = capsys.readouterr()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, streams.out, streams.err


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """300 reviews at a counter that pass everything; counter O4 takes twice as long as the three others."""
    lines = ["办件编号,环节名称,办理单位名称,经办人,办理地点,开始时间,结束时间,办结结果,出具证照"]
    for number in range(320):
        officer, day = number % 4 + 1, 2 + number % 4
        for step, hour, paper in (("受理", 9, "受理单"), ("岗位审核", 10, ""), ("发证", 11, "证书")):
            minute = number // 4 % 30
            end = minute + (20 if officer == 4 else 10) + number % 3
            row = [f"P-{number}", step, "市监局", f"Officer {'ABCD'[officer - 1]}ram Smith", "窗口"]
            row += [f"2026-03-0{day} {hour:02d}:{minute:02d}:00", f"2026-03-0{day} {hour:02d}:{end:02d}:00"]
            lines.append(",".join([*row, "通过", paper]))
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "columns.yaml").write_text("not_personal: [officer]\n", encoding="utf-8")
    return path


def test_officers_have_pseudonyms_unless_names_are_asked_for(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(log), "--columns", str(log.parent / "columns.yaml"), "--json"]
    findings = {}
    for name, more in (("hidden", []), ("shown", ["--show-officers"])):
        code, out, _ = mine(monkeypatch, capsys, *given, *more)
        assert code == 0
        findings[name] = [f for f in json.loads(out)["findings"] if f["kind"] == "slow_officer"]
    (hidden,), (shown,) = findings["hidden"], findings["shown"]
    assert shown["where"]["officer"] == "Officer Dram Smith"
    assert hidden["where"]["officer"].startswith("O-")
    assert "Smith" not in json.dumps(hidden)


def test_findings_tell_effect_and_hours_apart(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = mine(monkeypatch, capsys, str(log), "--json")
    review = next(f for f in json.loads(out)["findings"] if f["where"].get("steps") == ["岗位审核"])
    assert review["kind"] == "rubber_stamp"
    assert set(review["effect"]) == {"name", "value", "low", "high", "n", "level"}
    assert (review["effect"]["name"], review["effect"]["n"]) == ("objection_share", 320)
    parts = review["citizen_hours_lost_per_year"] + review["official_hours_lost_per_year"]
    assert review["hours_lost_per_year"] == pytest.approx(parts, abs=0.1)


def test_a_planners_file_protects_a_step(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = log.parent / "protected.yaml"
    own.write_text(
        "protected:\n  - {kind: statutory, words: [岗位审核], reason: {zh: 条例, en: regulation}}\n",
        encoding="utf-8",
    )
    proposed = {}
    for name, more in (("usual", []), ("own", ["--protected", str(own)])):
        _, out, _ = mine(monkeypatch, capsys, str(log), "--json", *more)
        review = next(f for f in json.loads(out)["findings"] if f["where"].get("steps") == ["岗位审核"])
        proposed[name] = ([p["lever"] for p in review["proposes"]], review["evidence"]["protected_by"])
    assert proposed == {"usual": (["remove_step"], None), "own": ([], "岗位审核")}


def test_a_bad_file_of_protected_steps_is_one_sentence(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = log.parent / "protected.yaml"
    own.write_text("protected: [岗位审核]", encoding="utf-8")
    code, out, err = mine(monkeypatch, capsys, str(log), "--json", "--protected", str(own))
    assert (code, out) == (2, "")
    assert "protected.yaml" in err
    assert "protected.0" in err


def finding(title: str, citizen: float | None, official: float | None, lying: float | None) -> Finding:
    return Finding(
        kind="waiting",
        title=Text(zh=title, en=title),
        where={},
        cases=1234,
        share=0.5,
        **lost_hours(1.0, citizen=citizen, official=official),
        evidence=case_waiting(1.0, lying),
    )


@pytest.mark.parametrize(
    ("language", "people", "nobody"),
    [
        ("zh", "其中群众  其中官员", "每年办件等待工时"),
        ("en", "of_citizens  of_officials", "hours_cases_wait_a_year"),
    ],
)
def test_hours_of_people_and_waits_of_cases_are_two_tables(
    language: Language, people: str, nobody: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [finding("a", 1000, None, None), finding("b", 200, 100, 5), finding("c", 0, None, 7000)]
    print_findings(found, language)
    lines = capsys.readouterr().out.splitlines()
    first, second = (next(n for n, line in enumerate(lines) if title in line) for title in (people, nobody))
    assert [line.split() for line in lines[first + 2 : second]] == [
        ["a", "1,234", "50.0%", "1,000", "1,000", "–"],
        ["b", "1,234", "50.0%", "300", "200", "100"],
    ]
    assert [line.split() for line in lines[second + 2 :]] == [["c", "1,234", "50.0%", "7,000"]]
