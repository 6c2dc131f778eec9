import pytest
from pydantic import TypeAdapter

from simulation.errors import RedesignError
from simulation.redesign import RemoveStep
from simulation.redesign.flow import without_step
from simulation.service_model import Block, Choice, ServiceModel, leaves


def test_the_leaf_goes_and_with_it_the_evidence_about_it(hall: ServiceModel) -> None:
    after = RemoveStep(step="查询").apply(hall)
    assert list(leaves(after.flow)) == ["设立", "刻章", "刻制", "税务"]
    assert [step.name for step in after.steps] == ["设立", "刻章", "刻制", "税务"]
    # nothing is left of the choice between 查询 and nothing
    assert after.flow.model_dump() == {
        "sequence": ({"step": "设立"}, {"sequence": ({"step": "刻章"}, {"step": "刻制"})}, {"step": "税务"})
    }
    assert "steps.查询.duration" not in after.evidence
    assert "redesigns.remove_step.查询" in after.evidence
    assert hall.step("查询").silent is False


def test_a_sequence_with_one_step_left_becomes_that_step(hall: ServiceModel) -> None:
    # nobody asks for the seal any more, so 刻制 may go
    steps = tuple(
        s.model_copy(update={"materials": tuple(a for a in s.materials if a.material != "印章")})
        for s in hall.steps
    )
    after = RemoveStep(step="刻制").apply(hall.model_copy(update={"steps": steps}))
    assert after.flow.model_dump()["sequence"][1] == {"step": "刻章"}


def test_a_branch_of_a_choice_becomes_nothing_and_keeps_its_chance() -> None:
    table = {"rows": [{"after": [], "weights": [1, 2, 3]}]}
    inside = {"loop": {"step": "a"}, "name": "l", "table": {"rows": [{"after": [], "weights": [1, 1]}]}}
    block = TypeAdapter(Block).validate_python(
        {
            "choice": [inside, {"parallel": [{"step": "a"}, {"step": "b"}]}, {"step": "c"}],
            "name": "x",
            "table": table,
        }
    )
    after = without_step(block, "a")
    assert isinstance(after, Choice)
    assert [b.model_dump() for b in after.choice] == [{"sequence": ()}, {"step": "b"}, {"step": "c"}]
    assert after.table == block.table


def test_in_a_flow_that_looks_back_the_step_becomes_silent(chain: ServiceModel) -> None:
    steps = tuple(
        s.model_copy(update={"materials": tuple(a for a in s.materials if a.material != "印章")})
        for s in chain.steps
    )
    chain = chain.model_copy(update={"steps": steps})
    after = RemoveStep(step="刻制").apply(chain)
    removed = after.step("刻制")
    assert removed.silent
    assert (removed.materials, removed.issues, removed.duration.mean_minutes) == ((), (), 0)
    assert after.flow == chain.flow
    with pytest.raises(RedesignError, match="removed already"):
        RemoveStep(step="刻制").apply(after)


def test_a_step_whose_document_is_still_asked_for_stays(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="issues 执照, still asked for by 刻章, 税务") as caught:
        RemoveStep(step="设立").apply(hall)
    assert "执照" in caught.value.text.zh
    assert "刻章、税务" in caught.value.text.zh


def test_a_document_another_step_issues_too_holds_nothing_up(hall: ServiceModel) -> None:
    steps = tuple(s.model_copy(update={"issues": ("印章",)}) if s.name == "查询" else s for s in hall.steps)
    after = RemoveStep(step="刻制").apply(hall.model_copy(update={"steps": steps}))
    assert "刻制" not in set(leaves(after.flow))


def test_an_unknown_step_is_named_with_the_known_ones(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="no step '公证'; known: 设立, 刻章, 刻制, 税务, 查询"):
        RemoveStep(step="公证").apply(hall)


def test_the_last_step_stays(hall: ServiceModel) -> None:
    only = hall.model_copy(update={"steps": (hall.step("查询"),), "flow": hall.flow.sequence[-1]})  # type: ignore[union-attr]
    with pytest.raises(RedesignError, match="last one of the flow"):
        RemoveStep(step="查询").apply(only)
