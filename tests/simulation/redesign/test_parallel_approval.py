import pytest

from simulation.errors import RedesignError
from simulation.redesign import ParallelApproval, ShareMaterials
from simulation.redesign.flow import branches_in_parallel
from simulation.service_model import ServiceModel, Step

SEAL_AND_TAX = ("刻章", "刻制", "税务")


def with_e_seal(hall: ServiceModel) -> ServiceModel:
    return ShareMaterials(materials=("印章",)).apply(hall)


def test_steps_of_one_department_stay_in_order(hall: ServiceModel) -> None:
    after = ParallelApproval(steps=SEAL_AND_TAX).apply(with_e_seal(hall))
    assert after.flow.model_dump()["sequence"][:2] == (
        {"step": "设立"},
        {
            "parallel": ({"sequence": ({"step": "刻章"}, {"step": "刻制"})}, {"step": "税务"}),
            "rework": "alone",
        },
    )
    assert branches_in_parallel(after.flow) == [(("刻章", "刻制"), ("税务",))]


def test_the_order_given_does_not_matter_the_flow_decides(hall: ServiceModel) -> None:
    model = with_e_seal(hall)
    one, other = (ParallelApproval(steps=s).apply(model).flow for s in (SEAL_AND_TAX, SEAL_AND_TAX[::-1]))
    assert one == other


def test_a_document_of_another_branch_keeps_them_apart(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="'税务' needs '印章', which the step '刻制' issues") as caught:
        ParallelApproval(steps=SEAL_AND_TAX).apply(hall)
    assert "“税务”需要“印章”，而它由环节“刻制”出具" in caught.value.text.zh


def test_a_document_passed_on_inside_keeps_them_apart_too(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="'刻制' needs '回执', which the step '刻章' issues"):
        ParallelApproval(steps=("刻章", "刻制"), branches=(("刻章",), ("刻制",))).apply(hall)


def test_steps_that_are_not_neighbours_are_told_what_is_between(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="between them: 刻制"):
        ParallelApproval(steps=("刻章", "税务")).apply(hall)


def test_steps_in_different_blocks_are_told_so(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="do not follow one another in one sequence"):
        ParallelApproval(steps=("税务", "查询")).apply(hall)


def test_a_flow_learnt_from_a_log_has_nothing_to_make_parallel(chain: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="no fixed order") as caught:
        ParallelApproval(steps=SEAL_AND_TAX).apply(chain)
    assert "没有固定的先后次序" in caught.value.text.zh


def test_one_department_is_one_branch(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="form a single branch"):
        ParallelApproval(steps=("刻章", "刻制")).apply(hall)


def test_explicit_branches_must_hold_each_step_once(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="each of the steps exactly once: 刻章, 刻制, 税务"):
        ParallelApproval(steps=SEAL_AND_TAX, branches=(("刻章",), ("税务",))).apply(with_e_seal(hall))


def test_explicit_branches_keep_the_order_of_the_flow(hall: ServiceModel) -> None:
    after = ParallelApproval(steps=SEAL_AND_TAX, branches=(("税务",), ("刻制", "刻章"))).apply(
        with_e_seal(hall)
    )
    assert branches_in_parallel(after.flow) == [(("税务",), ("刻章", "刻制"))]


def test_back_office_of_unknown_department_follows_its_counter(hall: ServiceModel) -> None:
    def anonymous(step: Step) -> Step:
        return step.model_copy(update={"dept": None})

    model = with_e_seal(hall)
    model = model.model_copy(update={"steps": tuple(anonymous(step) for step in model.steps)})
    after = ParallelApproval(steps=SEAL_AND_TAX).apply(model)
    assert branches_in_parallel(after.flow) == [(("刻章", "刻制"), ("税务",))]


def test_an_unknown_or_unused_step_is_named(hall: ServiceModel) -> None:
    with pytest.raises(RedesignError, match="no step '公证'"):
        ParallelApproval(steps=("公证", "税务")).apply(hall)
