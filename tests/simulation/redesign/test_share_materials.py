import pytest

from simulation.errors import RedesignError
from simulation.redesign import ShareMaterials
from simulation.redesign.flow import steps_in_order
from simulation.service_model import AskedMaterial, ServiceModel


def asked(model: ServiceModel, step: str, material: str) -> AskedMaterial:
    return next(a for a in model.step(step).materials if a.material == material)


def test_fetched_at_every_step_that_asks(hall: ServiceModel) -> None:
    after = ShareMaterials(materials=("身份证",), available=0.9, minutes=1.5, mismatch_chance=0.03).apply(
        hall
    )
    for step in ("设立", "刻章", "税务"):
        assert asked(after, step, "身份证") == AskedMaterial(
            material="身份证",
            defect_chance=0.1,
            shared=True,
            shared_available=0.9,
            shared_minutes=1.5,
            shared_mismatch_chance=0.03,
        )
    assert asked(after, "税务", "执照") == asked(hall, "税务", "执照")


def test_fetched_only_where_told(hall: ServiceModel) -> None:
    after = ShareMaterials(materials=("身份证",), steps=("税务",)).apply(hall)
    assert [asked(after, step, "身份证").shared for step in ("设立", "刻章", "税务")] == [False, False, True]


def test_handed_in_once_at_the_first_step_of_the_flow(hall: ServiceModel) -> None:
    after = ShareMaterials(materials=("身份证", "章程"), mode="handed_in_once").apply(hall)
    assert [asked(after, step, "身份证").shared for step in ("设立", "刻章", "税务")] == [False, True, True]
    assert [asked(after, step, "章程").shared for step in ("设立", "税务")] == [False, True]
    passed_on = asked(after, "税务", "身份证")
    assert (passed_on.shared_available, passed_on.shared_minutes, passed_on.shared_mismatch_chance) == (
        1,
        0,
        0,
    )


def test_in_a_chain_the_first_step_is_the_one_cases_meet_first(chain: ServiceModel) -> None:
    # written in the order 税务, 刻制, 刻章, 设立; cases go 设立 -> (刻章 -> 刻制 ->) 税务
    assert steps_in_order(chain) == ["设立", "刻章", "刻制", "税务"]
    after = ShareMaterials(materials=("身份证",), mode="handed_in_once").apply(chain)
    assert [asked(after, step, "身份证").shared for step in ("设立", "刻章", "税务")] == [False, True, True]


@pytest.mark.parametrize(
    ("redesign", "message"),
    [
        (ShareMaterials(materials=("户口簿",)), "no material '户口簿'; known: 身份证, 章程"),
        (ShareMaterials(materials=("身份证",), steps=("公证",)), "no step '公证'"),
        (ShareMaterials(materials=("申请表",), steps=("税务",)), r"No step \(of 税务\) asks the applicant"),
        (
            ShareMaterials(materials=("申请表",), mode="handed_in_once"),
            "Only the step '设立' asks for '申请表'",
        ),
        (ShareMaterials(materials=("回执",)), "or it is shared already"),
    ],
)
def test_what_does_not_fit_is_named(hall: ServiceModel, redesign: ShareMaterials, message: str) -> None:
    with pytest.raises(RedesignError, match=message):
        redesign.apply(hall)


def test_sharing_twice_raises_instead_of_changing_nothing(hall: ServiceModel) -> None:
    share = ShareMaterials(materials=("身份证",))
    with pytest.raises(RedesignError, match="shared already"):
        share.apply(share.apply(hall))
