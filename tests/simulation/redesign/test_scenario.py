from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign import (
    OneWindow,
    ParallelApproval,
    RemoveStep,
    Scenario,
    ShareMaterials,
    difference,
    read_scenario,
    write_scenario,
)
from simulation.service_model import ServiceModel, dump_service_model, service_model_from

NAME = Text(zh="一窗与并联", en="One window and parallel")
EVERYTHING = Scenario(
    name=NAME,
    redesigns=(
        RemoveStep(step="查询"),
        ShareMaterials(materials=("印章", "执照")),
        ShareMaterials(materials=("身份证",), mode="handed_in_once"),
        OneWindow(pools=("市监窗口", "刻章窗口", "税务窗口"), n_members=4),
        ParallelApproval(steps=("刻章", "刻制", "税务"), branches=(("刻章", "刻制"), ("税务",))),
    ),
)


def test_redesigns_apply_in_order_and_leave_the_model_as_it_was(hall: ServiceModel) -> None:
    before = dump_service_model(hall)
    after = EVERYTHING.apply(hall)
    assert dump_service_model(hall) == before
    by_hand = hall
    for redesign in EVERYTHING.redesigns:
        by_hand = redesign.apply(by_hand)
    assert after == by_hand


def test_the_redesigned_model_is_a_valid_model_as_yaml_too(hall: ServiceModel) -> None:
    after = EVERYTHING.apply(hall)
    assert service_model_from(after.model_dump(mode="json", exclude_defaults=True)) == after


def test_an_empty_scenario_changes_nothing(hall: ServiceModel) -> None:
    nothing = Scenario(name=NAME)
    assert nothing.apply(hall) == hall
    assert nothing.describe().en == "Nothing is changed."


def test_a_scenario_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "方案.yaml"
    write_scenario(EVERYTHING, path)
    assert read_scenario(path) == EVERYTHING
    assert b"\r" not in path.read_bytes()


@settings(deadline=None, max_examples=30)
@given(
    penalty=st.floats(0.5, 3),
    members=st.none() | st.integers(1, 50),
    # YAML folds control characters and line separators; no name in a log has them
    names=st.lists(
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1), min_size=2, max_size=4
    ),
)
def test_any_one_window_survives_yaml(
    tmp_path_factory: pytest.TempPathFactory, penalty: float, members: int | None, names: list[str]
) -> None:
    window = OneWindow(pools=tuple(names), generalist_penalty=penalty, n_members=members)
    path = tmp_path_factory.mktemp("scenario") / "s.yaml"
    write_scenario(Scenario(name=NAME, redesigns=(window,)), path)
    assert read_scenario(path).redesigns == (window,)


def test_a_name_may_be_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("name: 综合\nredesigns:\n- {kind: remove_step, step: 查询}\n", encoding="utf-8")
    assert read_scenario(path) == Scenario(
        name=Text(zh="综合", en="综合"), redesigns=(RemoveStep(step="查询"),)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("redesigns: []", r"s\.yaml: field name: this field is missing"),
        (
            "name: a\nredesigns: [{kind: fewer}]",
            r"redesigns\.0: kind must be one of: remove_step, one_window",
        ),
        ("name: a\nredesigns: [{step: x}]", r"redesigns\.0: kind is missing"),
        ("name: a\nredesigns: [{kind: remove_step}]", r"redesigns\.0\.step: this field is missing"),
        (
            "name: a\nredesigns: [{kind: one_window, pools: [a, b], n_members: 0}]",
            r"redesigns\.0\.n_members: .*found: 0",
        ),
        (
            "name: a\nredesigns: [{kind: share_materials, materials: []}]",
            r"redesigns\.0\.materials: the list must not",
        ),
        ("- 1\n- 2", "must be a mapping"),
        ("", "must be a mapping"),
        ("name: [", "not valid YAML"),
    ],
)
def test_a_bad_file_is_told_by_file_and_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RedesignError, match=message) as caught:
        read_scenario(path)
    assert caught.value.text.zh.startswith("s.yaml：")


def test_a_missing_or_gbk_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RedesignError, match=r"none\.yaml: cannot be opened"):
        read_scenario(tmp_path / "none.yaml")
    path = tmp_path / "gbk.yaml"
    path.write_bytes("name: 综合窗口".encode("gb18030"))
    with pytest.raises(RedesignError, match="not valid YAML in UTF-8"):
        read_scenario(path)


def test_the_redesign_that_does_not_fit_is_numbered(hall: ServiceModel) -> None:
    scenario = Scenario(name=NAME, redesigns=(RemoveStep(step="查询"), RemoveStep(step="公证")))
    with pytest.raises(RedesignError, match=r"redesign 2 \(remove_step\): The model has no step '公证'"):
        scenario.apply(hall)


def test_the_difference_of_two_models_in_sentences(hall: ServiceModel) -> None:
    assert difference(hall, hall) == []
    assert [text.en for text in difference(hall, EVERYTHING.apply(hall))] == [
        "1 step removed: 查询.",
        "3 pools merged into '综合窗口': 市监窗口, 刻章窗口, 税务窗口.",
        "6 members before, 5 after.",
        "Service time of 3 steps multiplied by 1.12: 设立, 刻章, 税务.",
        "9 documents asked from the applicant before, 4 after (5 of them now shared).",
        "Now in parallel: 刻章 -> 刻制 || 税务.",
    ]
    assert difference(hall, EVERYTHING.apply(hall))[0].zh == "取消 1 个环节：查询。"


def test_a_difference_made_by_hand_is_named_by_its_field(hall: ServiceModel) -> None:
    steps = tuple(s.model_copy(update={"return_chance": 0.5}) if s.name == "税务" else s for s in hall.steps)
    texts = difference(hall, hall.model_copy(update={"steps": steps}))
    assert [text.en for text in texts] == ["Other settings that differ: steps.税务.return_chance."]
