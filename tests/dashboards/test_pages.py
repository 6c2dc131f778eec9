"""Every page in both languages, and the ways from finding to what-if to before and after."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import dashboards
from dashboards import jobs, logs, running
from dashboards.app import (
    BEFORE_AFTER_PAGE,
    DATA_PAGE,
    DEFINITIONS_PAGE,
    DOCUMENTS_PAGE,
    JOURNEYS_PAGE,
    MEASURED_REFORM_PAGE,
    PROCESS_MAP_PAGE,
    WATCH_PAGE,
    WHAT_IF_PAGE,
)
from dashboards.app import PAGES as SECTIONS
from dashboards.logs import Upload, open_upload
from dashboards.planner import documents_page
from dashboards.words import words
from mining.material_heat_map import find_material_heat_map
from mining.material_merges import propose_merges
from mining.text import Language

APP = Path(dashboards.__file__).parent.parent / "streamlit_app.py"
PAGES = {file: title for pages in SECTIONS.values() for file, title, _, _ in pages}
TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module", autouse=True)
def small_sample(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A short sample in a folder of its own, simulations in threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEWINDOW_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(logs, "SAMPLE_DAYS", 26)
        logs.sample_key.cache_clear()
        with ThreadPoolExecutor(1) as executor:
            patch.setattr(jobs, "worker_pool", lambda: executor)
            patch.setattr(jobs, "ready_engine", lambda: "simpy")
            patch.setattr(running, "fast_engine", lambda: Engine("ready"))
            yield
    logs.sample_key.cache_clear()


@dataclass
class Engine:
    """Stands in for the fast engine of the process."""

    state: str
    share: float = 0.0


def opened_page(page: str, language: Language = "zh", **state: object) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_SECONDS)
    app.query_params["lang"] = language
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    if page != PROCESS_MAP_PAGE:
        app.switch_page(page).run()
    assert not app.exception
    return app


def all_text(app: AppTest) -> str:
    kinds = (
        app.markdown,
        app.caption,
        app.info,
        app.success,
        app.warning,
        app.error,
        app.title,
        app.subheader,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_in_both_languages(page: str, language: Language) -> None:
    app = opened_page(page, language)
    assert app.title[0].value == words(language)(PAGES[page])
    assert app.query_params["lang"] == language
    assert not app.error


def test_the_switch_changes_the_language_of_page_and_link() -> None:
    app = opened_page(DATA_PAGE, "zh")
    app.segmented_control(key="language_switch").set_value("en").run()
    assert app.title[0].value == words("en")("page_data")
    assert app.query_params["lang"] == "en"


def test_findings_are_ranked_and_lead_to_the_what_if_page() -> None:
    app = opened_page(PROCESS_MAP_PAGE, "en")
    assert "hours lost a year" in all_text(app)
    buttons = [button for button in app.button if str(button.key).startswith("try-")]
    assert buttons
    buttons[0].click().run()
    assert not app.exception
    assert app.title[0].value == words("en")("page_what_if")
    taken = [button for button in app.button if str(button.key).startswith("remove-")]
    assert len(taken) >= 1


def test_a_scenario_is_simulated_and_compared() -> None:
    app = opened_page(WHAT_IF_PAGE, "zh")
    assert app.button(key="run").disabled
    app.selectbox(key="ready").select_index(0).run()
    app.slider(key="replications").set_value(4)
    app.slider(key="days").set_value(5).run()
    app.button(key="run").click().run()
    job = app.session_state["job"]
    job.join(TIMEOUT_SECONDS)
    assert (job.state, job.done) == ("done", 8)
    app.run()
    assert not app.exception
    text = all_text(app)
    assert "4 次配对" in text
    assert "95" in text
    app.button(key="to_watch").click().run()
    assert not app.exception
    assert app.title[0].value == words("zh")("page_watch")
    assert app.selectbox(key="watch_scenario").value == "result-1"
    app.switch_page(BEFORE_AFTER_PAGE).run()
    assert not app.exception
    text = all_text(app)
    assert "**平均等待**" in text
    assert "仿真" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_making_of_the_fast_engine_is_shown(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "fast_engine", lambda: Engine("preparing", 0.42))
    app = opened_page(WHAT_IF_PAGE, language)
    (bar,) = app.get("progress")
    assert "42%" in bar.proto.text
    assert bar.proto.value == 42
    monkeypatch.setattr(running, "fast_engine", lambda: Engine("ready"))
    app.run()
    assert not app.get("progress")


def test_a_job_can_be_cancelled() -> None:
    app = opened_page(BEFORE_AFTER_PAGE, "en")
    app.button(key="quick_run").click().run()
    job = app.session_state["job"]
    job.cancel()
    job.join(TIMEOUT_SECONDS)
    assert job.state == "cancelled"
    app.run()
    assert words("en")("run_cancelled") in all_text(app)


def test_names_of_an_upload_are_shown_as_written_and_never_as_markdown() -> None:
    evil = "![x](http://example.org/x.png)<b>"
    rows = "".join(
        f"P-{n},{step},2026-03-{2 + n % 5:02d} {9 + hour}:00\n"
        for n in range(30)
        for hour, step in enumerate((evil, "审核", evil))
    )
    opened = open_upload(
        Upload("evil.csv", f"案件号,环节名称,结束时间\n{rows}".replace("案件号", "办件编号").encode())
    )
    for page in PAGES:
        app = opened_page(page, "en", opened=opened)
        assert "![x](http" not in all_text(app)


def test_rejected_rows_are_offered_for_download() -> None:
    text = (
        "办件编号,环节名称,结束时间\nA-1,受理,2026-03-02 09:10\nA-1,审核,no time\nA-2,受理,2026-03-03 09:00\n"
    )
    app = opened_page(DATA_PAGE, "zh", opened=open_upload(Upload("x.csv", text.encode())))
    assert [metric.value for metric in app.metric[:3]] == ["3", "2", "1"]
    assert any(words("zh")("rejected_title", n=1) in expander.label for expander in app.expander)


def test_a_definition_is_found_by_its_number_and_by_its_words() -> None:
    app = opened_page(DEFINITIONS_PAGE, "en")
    everything = len(app.expander)
    assert everything > 25
    app.text_input(key="definitions_search").set_value("D7").run()
    assert not app.exception
    assert 0 < len(app.expander) < everything
    assert any("Jeffreys" in str(markdown.value) for markdown in app.markdown)


def waited_before(facts: pd.DataFrame) -> int:
    """Minutes in the hall before, of the table of an applicant."""
    (row,) = facts[facts.iloc[:, 0] == words("en")("watch_fact_wait")].itertuples(index=False)
    return int(row[1].replace(",", ""))


def test_one_applicant_is_followed_through_both_halls() -> None:
    app = opened_page(WATCH_PAGE, "en")
    facts = app.table[0].value
    assert list(facts.columns) == [words("en")(key) for key in ("watch_fact", "before", "after")]
    text = all_text(app)
    assert "called by" in text
    assert "Takes a ticket" in text
    typical = app.query_params["case"]
    app.button_group(key="watch_pick").set_value("longest_wait").run()
    assert not app.exception
    longest = app.query_params["case"]
    assert longest != typical
    assert waited_before(app.table[0].value) > waited_before(facts)
    app.text_input(key="watch_case").set_value(typical).run()
    assert app.query_params["case"] == typical
    assert app.table[0].value.equals(facts)


def test_a_case_that_does_not_exist_is_said_so() -> None:
    app = opened_page(WATCH_PAGE, "zh")
    app.text_input(key="watch_case").set_value("没有-0000-0000").run()
    assert not app.exception
    assert len(app.error) == 1
    assert "企业开办" in str(app.error[0].value)  # what numbers look like


def test_a_link_leads_to_the_day_and_the_counter() -> None:
    app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_SECONDS)
    app.query_params["lang"] = "zh"
    app.run()
    for name, value in (("view", "day"), ("hall", "after"), ("counter", "银行-2"), ("at", "605")):
        app.query_params[name] = value
    app.switch_page(WATCH_PAGE).run()
    assert not app.exception
    assert app.selectbox(key="watch_counter").value == "银行-2"
    assert words("zh")("watch_moment_title", time="10:05") in all_text(app)
    assert app.query_params["hall"] == "after"
    moments = app.table[0].value
    assert set(moments[words("zh")("col_pool")]) == {"综合窗口", "银行柜台"}


ITEMS = ("公章刻制", "税务登记", "社保登记", "银行开户")


def test_items_of_one_applicant_are_shown_as_journeys_with_their_doubts() -> None:
    rows = [
        f"{person}-{n},{item},受理,2026-03-{2 + 2 * n:02d} 09:{person:02d},人{person}号"
        for person in range(10, 40)
        for n, item in enumerate(ITEMS)
    ]
    text = "办件编号,事项名称,环节名称,结束时间,申请人编号\n" + "\n".join(rows)
    app = opened_page(JOURNEYS_PAGE, "en", opened=open_upload(Upload("items.csv", text.encode())))
    assert [metric.value for metric in app.metric[:2]] == ["120", "30"]
    assert "stitched" in str(app.dataframe[0].value)


def test_one_log_before_and_after_a_date() -> None:
    app = opened_page(MEASURED_REFORM_PAGE, "en")
    assert not app.dataframe
    app.date_input(key="reform_date").set_value(dt.date(2026, 3, 16)).run()
    assert not app.exception
    assert not app.error
    measures = app.dataframe[0].value
    assert len(measures) > 5
    assert measures[words("en")("col_plain_difference")].str.contains("to").all()
    assert "under way" in all_text(app)


def test_documents_are_merged_only_when_a_person_says_so() -> None:
    events = "办件编号,环节名称,受理部门,结束时间\n" + "".join(
        f"P-{n},{step},{dept},2026-03-{2 + n % 5:02d} {hour}:{n:02d}\n"
        for n in range(20)
        for step, dept, hour in (("受理", "市监局", 9), ("核税", "税务局", 11))
    )
    documents = "办件编号,环节名称,受理部门,材料名称\n" + "".join(
        f"P-{n},{step},{dept},{name}\n"
        for n in range(20)
        for step, dept, name in (("受理", "市监局", "房屋租赁合同"), ("核税", "税务局", "房屋租赁的合同"))
    )
    opened = open_upload(
        Upload("e.csv", events.encode(), materials_name="m.csv", materials_content=documents.encode())
    )
    app = opened_page(DOCUMENTS_PAGE, "zh", opened=opened)
    assert app.button(key="merge").disabled
    assert not app.error
    before = find_material_heat_map(opened.log)
    assert before.avoidable.sum() == 0
    merged = documents_page._merged(opened, list(propose_merges(opened.log)))
    assert find_material_heat_map(merged.log).avoidable.sum() == 20
    assert merged.key != opened.key
