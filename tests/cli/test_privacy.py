"""Nothing personal leaves the reader: not on stdout or stderr, not in a report, a written log or a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from dashboards import cli
from mining.reading import read_event_log
from mining.reading.personal_tokens import identity_check
from mining.writing import write_event_log

NAMES = ["王小明", "李芳", "欧阳修远", "赵子龙"]


def identity(n: int) -> str:
    body = f"3301021980010{1 + n % 9}{n:03d}"
    return body + identity_check(body)


def phone(n: int) -> str:
    return f"139{n * 7919 % 10**8:08d}"


SECRETS = [*(identity(n) for n in range(40)), *(phone(n) for n in range(40)), *NAMES, "wang@example.org"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A log and its materials with personal data in every place an export has it."""
    head = "办件编号,环节名称,开始时间,结束时间,经办人,申请人姓名,证件号码,办结结果,办理意见,内部备注\n"
    rows = []
    for n in range(40):
        person, day = NAMES[n % 4], f"2026-03-{2 + n % 5:02d}"
        remark = f"申请人{person}，电话{phone(n)}，身份证{identity(n)}"
        for step, hour, result in (("受理", 9, "补正" if n % 3 else "通过"), ("审核", 11, "通过")):
            times = f"{day} {hour:02d}:00,{day} {hour:02d}:{10 + n % 40:02d}"
            rows.append(
                f"{identity(n)},{step},{times},{person},{person},{identity(n)},{result},{remark},wang@example.org\n"
            )
    rows.append(f"{identity(1)},审核,{phone(1)},{phone(2)},{NAMES[0]},{NAMES[0]},x,通过,{identity(3)},y\n")
    log, materials = tmp_path / "办件.csv", tmp_path / "材料.csv"
    log.write_text(head + "".join(rows), encoding="utf-8")
    documents = "办件编号,材料名称,出具机构\n" + "".join(
        f"{identity(n)},身份证（{identity(n)}）,公安局\n{identity(n)},户口簿 {phone(n)},公安局\n"
        for n in range(40)
    )
    materials.write_text(documents, encoding="utf-8")
    return log, materials


def check_no_secret(content: str) -> None:
    found = [secret for secret in SECRETS if secret in content]
    assert not found


@pytest.mark.parametrize("arguments", [["--json"], [], ["-o", "report.html"], ["-o", "report.xlsx"]])
def test_no_command_shows_anybody(
    files: tuple[Path, Path],
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, materials = files
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    monkeypatch.setenv("ONEWINDOW_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(
        "sys.argv", ["onewindow", "mine", str(log), "--materials", str(materials), *arguments]
    )
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 0
    streams = capsys.readouterr()
    check_no_secret(streams.out + streams.err)
    for path in [*out.rglob("*"), *(tmp_path / "data").rglob("*")]:
        check_no_secret(text_of(path))


def text_of(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", errors="replace")
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode("utf-8", errors="replace") for name in book.namelist())


def test_a_log_written_again_holds_hashes_only(files: tuple[Path, Path], tmp_path: Path) -> None:
    log = read_event_log(files[0], materials=files[1], salt="s")
    assert log.n_cases == 40
    for name in ("log.csv", "log.xes", "log.parquet"):
        write_event_log(log, tmp_path / name)
        packed = name.endswith("parquet")
        check_no_secret(pd.read_parquet(tmp_path / name).to_csv() if packed else text_of(tmp_path / name))
    # a second reading, of what was written, leaves the hashes as they are
    again = read_event_log(tmp_path / "log.csv", salt="other")
    assert set(again.events["case_id"]) == set(log.events["case_id"])
