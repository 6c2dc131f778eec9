"""Headers and words of real systems, and the user's own choice of columns."""

from __future__ import annotations

import pytest

from mining.errors import LogError
from mining.reading import read_event_log
from mining.reading.aliases import EVENT_ALIASES, MATERIAL_ALIASES, fold_header

BASE = "办件编号,环节名称,结束时间"
TIME = "2026-03-02 09:05"


def one_row(text_file, header: str, cells: str, columns: object = None):
    path = text_file("a.csv", f"{BASE},{header}\nP1,受理,{TIME},{cells}\n")
    return read_event_log(path, columns)


@pytest.mark.parametrize(
    "header",
    [
        "办件编号",
        "project_no",
        "SBLSH",
        "YWLSH",
        "业务流水号",
        "流水号",
        "case:concept:name",
        "CaseID",
        "Case ID",
        "案件编号",
    ],
)
def test_case_headers(text_file, header):
    path = text_file("a.csv", f"{header},activity,timestamp\nP1,a,{TIME}\n")
    assert read_event_log(path).quality.mapping["case_id"] == header


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("一件事编号", "journey_id"),
        ("投资项目编号", "journey_id"),
        ("task_code", "item_code"),
        ("事项名称", "item_name"),
        ("org_name", "dept"),
        ("受理单位名称", "dept"),
        ("服务厅", "dept"),
        ("窗口号", "window"),
        ("windowName", "window"),
        ("环节处理人", "officer"),
        ("handle_user_name", "officer"),
        ("org:resource", "officer"),
        ("apply_type", "channel"),
        ("办理方式", "channel"),
        ("排队编号", "ticket_no"),
        ("PDH", "ticket_no"),
        ("handle_explain", "reason"),
        ("出具证照", "issues"),
        ("办结结果", "result"),
        ("办件状态", "result"),
    ],
)
def test_text_columns(text_file, header, column):
    log = one_row(text_file, header, "x")
    assert log.quality.mapping[column] == header
    assert log.events[column].tolist() == ["x"]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("CHQUEUE_TICKETTIME", "ts_ticket"),
        ("取号时间", "ts_ticket"),
        ("叫号时间", "ts_call"),
        ("event_start_time", "ts_start"),
        ("接诊时间", "ts_start"),
        ("accept_date", "ts_accept"),
        ("承诺办结时间", "ts_promise"),
    ],
)
def test_time_columns(text_file, header, column):
    log = one_row(text_file, header, "2026-03-02 08:50")
    assert log.events[column].notna().all()


def test_case_columns_of_a_flat_file(text_file):
    header = "申请人类型,办件类型,申请时间,办结时间,法定办结时限,承诺办结时限,满意度,行政区划"
    cells = "企业,承诺件,2026-03-01,2026-03-05,20个工作日,即时,非常满意,西湖区"
    case = one_row(text_file, header, cells).cases.iloc[0]
    assert (case["applicant_type"], case["case_type"], case["region"]) == ("企业", "承诺件", "西湖区")
    assert (case["limit_statutory"], case["limit_promised"], case["rating_1to5"]) == (20.0, 0.0, 5.0)
    assert str(case["ts_finish"].date()) == "2026-03-05"


def test_bare_ratings_are_left_out_until_the_file_says_which_end_is_best(text_file):
    log = one_row(text_file, "评价", "1")
    assert "rating_polarity_unknown" in [issue.code for issue in log.quality.issues]
    assert log.cases["rating_1to5"].isna().all()
    told = one_row(text_file, "评价", "1", {"values": {"rating_1to5": {"1": 5, "5": 1}}})
    assert told.cases["rating_1to5"].tolist() == [5.0]


def test_business_action_is_the_step_only_where_nothing_better_is(text_file):
    path = text_file("a.csv", f"办件编号,业务动作,结束时间\nP1,通过,{TIME}\n")
    assert read_event_log(path).events["activity"].tolist() == ["通过"]
    assert one_row(text_file, "业务动作", "退回").events["result"].tolist() == ["退回"]


def test_the_better_alias_wins_and_the_other_is_named(text_file):
    log = one_row(text_file, "经办人,user", "张,7")
    assert log.events["officer"].tolist() == ["张"]
    issue = log.quality.issue("several_headers")
    assert issue is not None
    assert "'经办人' is used, not user" in issue.message.en
    assert log.quality.unmapped == ("user",)


def test_a_column_with_values_wins_over_an_empty_one(text_file):
    assert one_row(text_file, "经办人,user", ",7").events["officer"].tolist() == ["7"]


def test_results_of_step_and_of_case_side_by_side(text_file):
    log = one_row(text_file, "环节结果,办结结果", "补齐补正,准予")
    assert log.events["result"].tolist() == ["补正"]
    assert log.cases["final_result"].tolist() == ["通过"]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("准予", "通过"),
        ("已办结", "通过"),
        ("3完成受理", "通过"),
        ("一次性告知", "补正"),
        ("退件", "退回"),
        ("不通过", "退回"),
        ("97", "不予受理"),
        ("90", "通过"),
        ("撤件", "撤回"),
        ("过号", "弃号"),
        ("Approved", "通过"),
        ("审核中", "审核中"),
        ("7", "7"),
    ],
)
def test_result_words(text_file, word, meaning):
    assert one_row(text_file, "办理结果", word).events["result"].tolist() == [meaning]


def test_words_that_are_not_known_are_listed(text_file):
    issue = one_row(text_file, "办理结果", "审核中").quality.issue("unknown_result")
    assert issue is not None
    assert "审核中" in issue.message.zh


def test_channel_codes_of_the_standard(text_file):
    assert one_row(text_file, "办理形式", "3").events["channel"].tolist() == ["移动端"]


def test_place_from_a_channel_that_changes_within_a_case(text_file):
    rows = f"P1,受理,{TIME},窗口\nP1,审核,{TIME},后台\nP1,领证,{TIME},邮寄\n"
    log = read_event_log(text_file("a.csv", f"{BASE},办理形式\n{rows}"))
    assert log.events["place"].tolist()[:2] == ["counter", "back_office"]
    assert log.events["place"].isna().tolist() == [False, False, True]
    assert log.quality.issue("place_from_channel") is not None
    assert "place" not in one_row(text_file, "办理形式", "窗口").events.columns


def test_places_by_name(text_file):
    assert one_row(text_file, "办理地点", "自助终端").events["place"].tolist() == ["kiosk"]


def test_explicit_columns_win_and_the_rest_is_found(text_file):
    log = one_row(text_file, "科室,经办人", "一科,张", {"dept": "科室"})
    assert log.events["dept"].tolist() == ["一科"]
    assert log.events["officer"].tolist() == ["张"]


def test_a_column_can_be_left_out(text_file):
    log = one_row(text_file, "经办人", "张", {"officer": None})
    assert "officer" not in log.events.columns
    assert log.quality.unmapped == ("经办人",)


def test_columns_file(text_file):
    mapping = text_file(
        "map.yaml",
        "columns:\n  case_id: Vorgang\n  activity: Schritt\n  time: Zeit\n  result: Ausgang\n"
        "values:\n  result: {erledigt: 通过}\nday_first: true\ntimezone: Europe/Berlin\n",
    )
    path = text_file("a.csv", "Titel\nVorgang;Schritt;Zeit;Ausgang\n1;Antrag;01.02.2025 09:00;erledigt\n")
    log = read_event_log(path, mapping)
    event = log.events.iloc[0]
    assert (str(event["time"]), event["result"], log.zone) == ("2025-02-01 09:00:00", "通过", "Europe/Berlin")
    assert event["file_row"] == 3


def test_short_columns_file_in_gb_header(text_file):
    path = text_file("a.csv", f"号,步,时\nP1,受理,{TIME}\n", "gbk")
    mapping = text_file("map.yaml", "case_id: 号\nactivity: 步\nts_end: 时\n")
    assert read_event_log(path, str(mapping)).events["activity"].tolist() == ["受理"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"case": "办件编号"}, ["'case'", "case_id", "activity"]),
        ({"activty": "环节名称"}, ["Did you mean activity?"]),
        ({"dept": "科室"}, ["'科室'", "办件编号, 环节名称, 结束时间"]),
        ({"columns": ["case_id"]}, ["must be a mapping"]),
        ({"day_first": "maybe"}, ["day_first", "maybe"]),
        ({"values": {"outcome": {"a": "b"}}}, ["'outcome'"]),
        ({"fill_down": ["cases"]}, ["'cases'"]),
    ],
)
def test_mistakes_in_the_columns_are_named(text_file, columns, words):
    path = text_file("a.csv", f"{BASE}\nP1,受理,{TIME}\n")
    with pytest.raises(LogError) as caught:
        read_event_log(path, columns)
    assert all(word in caught.value.text.en for word in words)
    assert caught.value.text.zh != caught.value.text.en


@pytest.mark.parametrize(("text", "word"), [("a: [", "not valid YAML"), ("just text", "must be a mapping")])
def test_columns_file_that_is_no_mapping(text_file, text, word):
    path = text_file("a.csv", f"{BASE}\nP1,受理,{TIME}\n")
    with pytest.raises(LogError, match=f"map.yaml: .*{word}"):
        read_event_log(path, text_file("map.yaml", text))


def test_columns_file_that_is_not_there(tmp_path):
    with pytest.raises(LogError, match=r"no\.yaml"):
        read_event_log(tmp_path / "a.csv", tmp_path / "no.yaml")


def test_folding():
    assert fold_header("办理时长 （秒）") == "办理时长"
    assert fold_header("*Case_ID*") == fold_header("case id") == "caseid"
    assert fold_header("（空）") == "(空)"


def test_no_alias_leads_to_two_required_columns():
    """An alias of two columns goes to the first that needs it; the required ones share none."""
    required = [
        set(map(fold_header, EVENT_ALIASES[name]))
        for name in ("case_id", "activity", "ts_end", "ts_start", "time")
    ]
    for position, names in enumerate(required):
        for others in required[position + 1 :]:
            assert not names & others
    assert {"case_id", "material_name"} <= MATERIAL_ALIASES.keys()
