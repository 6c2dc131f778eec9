"""Personal data in the columns of a file: hashed where it stands, everything else left alone."""

from __future__ import annotations

import pickle

import pytest

from mining.errors import LogError
from mining.reading import read_event_log
from mining.reading.personal_tokens import identity_check, personal_kind

PERSON = "11010519491231002X"
PHONE = "13812345678"
HEADER = "办件编号,环节名称,结束时间,经办人,办理意见\n"


def identity(n: int) -> str:
    body = f"33010219{50 + n % 50}0{1 + n % 9}1{n % 10}{n:03d}"
    return body + identity_check(body)


def table(rows: list[tuple[str, ...]], header: str = HEADER) -> str:
    return header + "".join(",".join(row) + "\n" for row in rows)


def rows_of(
    case_ids: list[str], officers: list[str] | None = None, remark: str = ""
) -> list[tuple[str, ...]]:
    officers = officers or ["税务-1"]
    return [
        (case, "受理", f"2026-03-02 09:{n:02d}", officers[n % len(officers)], remark)
        for n, case in enumerate(case_ids)
    ]


def test_case_ids_that_are_identity_numbers_become_hashes_that_still_join(text_file):
    people = [identity(n) for n in range(8)]
    text = table([*rows_of(people), *rows_of(people)])
    materials = "办件编号,材料名称\n" + "".join(f"{person},户口簿\n" for person in people)
    log = read_event_log(
        text_file("a.csv", text.replace("09:0", "09:1", 8)), materials=text_file("m.csv", materials), salt="s"
    )
    assert log.n_cases == 8
    assert log.events["case_id"].str.fullmatch("#[0-9a-f]{16}").all()
    assert set(log.materials["case_id"]) == set(log.events["case_id"])
    kept = pickle.dumps(log).decode("latin-1")
    assert not any(person in kept for person in people)
    issue = log.quality.issue("personal_data_hashed")
    assert issue is not None
    assert "identity numbers" in issue.message.en


@pytest.mark.parametrize(
    "case_ids",
    [
        [f"33010620260302{n:04d}" for n in range(40)],  # region, date, running number
        [f"150202600{n:02d}" for n in range(40)],  # eleven digits that begin like a phone
        [f"P-{n}" for n in range(5)],
    ],
)
def test_case_numbers_stay(text_file, case_ids):
    log = read_event_log(text_file("a.csv", table(rows_of(case_ids))))
    assert sorted(log.events["case_id"]) == sorted(case_ids)
    assert log.quality.issue("personal_data_hashed") is None


def test_phones_as_case_ids_are_hashed_unless_somebody_decides_otherwise(text_file):
    phones = [f"1{3 + n % 6}{n * 7919 % 10}{n * 104729 % 10**8:08d}" for n in range(30)]
    path = text_file("a.csv", table(rows_of(phones)))
    assert read_event_log(path).events["case_id"].str.startswith("#").all()
    kept = read_event_log(path, {"not_personal": ["case_id"]})
    assert sorted(kept.events["case_id"]) == sorted(phones)


def test_names_of_officers_become_pseudonyms_and_codes_stay(text_file):
    officers = ["王小明", "李芳", "欧阳修", "窗口3"]
    log = read_event_log(text_file("a.csv", table(rows_of([f"P{n}" for n in range(8)], officers))), salt="s")
    kept = log.events["officer"].unique()
    assert "窗口3" in kept
    assert sum(name.startswith("#") for name in kept) == 3
    again = read_event_log(text_file("b.csv", table(rows_of(["Q1"], ["王小明"]))), salt="s")
    assert again.events["officer"].iloc[0] in kept  # the same person in another log of the project
    codes = read_event_log(text_file("c.csv", table(rows_of(["Q1", "Q2"], ["税务-1", "税务-2"]))))
    assert set(codes.events["officer"]) == {"税务-1", "税务-2"}


def test_remarks_keep_their_sense(text_file):
    remark = f"申请人王小明未提交身份证{PERSON}；电话{PHONE}"
    log = read_event_log(text_file("a.csv", table(rows_of(["P1"], remark=remark))))
    kept = log.events["reason"].iloc[0]
    assert kept.startswith("申请人〔#")
    assert "未提交身份证〔#" in kept
    for secret in ("王小明", PERSON, PHONE):
        assert secret not in kept


def test_rejected_rows_and_their_reasons_are_masked(text_file):
    rows = [*rows_of(["P1"]), ("P2", "受理", PHONE, "x", f"身份证{PERSON}")]
    log = read_event_log(text_file("a.csv", table(rows)))
    (row,) = log.quality.rejected
    shown = str(log.quality.to_json("zh")) + str(row)
    assert row.file_row == 3
    assert PHONE not in shown
    assert PERSON not in shown


def test_errors_quote_no_personal_data(text_file):
    # no header row: the first row of data is taken for it
    text = f"{PERSON},{PHONE},2026-03-02 09:00\n{PERSON},{PHONE},2026-03-02 10:00\n"
    with pytest.raises(LogError) as raised:
        read_event_log(text_file("a.csv", text))
    for language in ("zh", "en"):
        assert PERSON not in raised.value.in_language(language)
        assert PHONE not in raised.value.in_language(language)


def test_personal_data_in_an_xes_log(text_file):
    events = "".join(
        f'<trace><string key="concept:name" value="{identity(n)}"/><string key="remark" value="tel {PHONE}"/>'
        f'<event><string key="concept:name" value="a"/>'
        f'<date key="time:timestamp" value="2026-03-02T09:00:00"/></event></trace>'
        for n in range(4)
    )
    log = read_event_log(text_file("a.xes", f"<log>{events}</log>"))
    kept = pickle.dumps(log).decode("latin-1")
    assert PHONE not in kept
    assert not any(identity(n) in kept for n in range(4))
    assert log.n_cases == 4


def test_amounts_are_no_identity_numbers(text_file):
    # digits after the point that happen to look like the old identity number and a bank card
    amounts = ["26.330102500101001", "182.4111111111111111", "7.5", "-1.25", "0.0"]
    assert personal_kind("330102500101001") == "identity_number"

    def remarks(values: list[str]) -> list[str]:
        rows = [(f"P-{n}", "受理", f"2026-03-02 09:0{n}", "税务-1", value) for n, value in enumerate(values)]
        return list(read_event_log(text_file("a.csv", table(rows))).events["reason"])

    assert remarks(amounts) == amounts
    # a number with nothing after the point is no amount
    assert "330102500101001" not in "".join(remarks(["330102500101001.0"] * 3))
