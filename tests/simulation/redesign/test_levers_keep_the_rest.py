"""What hangs on a pool or a step that a lever changes: repairs, helpers, time limits, rework."""

import pytest

from simulation.errors import RedesignError
from simulation.redesign import OneWindow, ParallelApproval, RemoveStep, ShareMaterials
from simulation.redesign.flow import flattened
from simulation.redesign.lever import changed, rebuilt
from simulation.service_model import (
    Constant,
    Failure,
    Limits,
    Parallel,
    Sequence,
    ServiceModel,
    StepBlock,
    Stuck,
)


def with_technicians(hall: ServiceModel, pool: str) -> ServiceModel:
    failure = Failure(runs_for=Constant(minutes=60), repair=Constant(minutes=5), repaired_by=pool)
    machine = [changed(m, failure=failure) if m.name == "机-1" else m for m in hall.members]
    return rebuilt(hall, members=tuple(machine))


def test_the_merged_window_repairs_what_its_queues_repaired(hall: ServiceModel) -> None:
    model = with_technicians(hall, "税务窗口")
    after = OneWindow(pools=("市监窗口", "税务窗口"), name="综合窗口").apply(model)
    assert [m.failure.repaired_by for m in after.members if m.failure is not None] == ["综合窗口"]
    other = OneWindow(pools=("市监窗口", "刻章窗口"), name="综合窗口").apply(model)
    assert [m.failure.repaired_by for m in other.members if m.failure is not None] == ["税务窗口"]


def test_a_step_stuck_applicants_go_to_stays(hall: ServiceModel) -> None:
    steps = [changed(s, stuck=Stuck(chance=0.1, then="税务")) if s.name == "设立" else s for s in hall.steps]
    model = rebuilt(hall, steps=tuple(steps))
    with pytest.raises(RedesignError, match="applicants stuck at 设立 go there") as caught:
        RemoveStep(step="税务").apply(model)
    assert "设立办不成的申请人转到该环节" in caught.value.text.zh


def test_the_step_that_starts_the_clock_stays(hall: ServiceModel) -> None:
    model = rebuilt(hall, limits=Limits(calendar="厅", accepted_by="税务", promised_working_days=5))
    with pytest.raises(RedesignError, match="time limits begin when it is passed"):
        RemoveStep(step="税务").apply(model)


@pytest.mark.parametrize("rework", ["alone", "merged", "all"])
def test_a_parallel_block_says_what_a_return_does_to_the_others(hall: ServiceModel, rework: str) -> None:
    model = ShareMaterials(materials=("印章",)).apply(hall)
    after = ParallelApproval(steps=("刻章", "刻制", "税务"), rework=rework).apply(model)
    assert isinstance(after.flow, Sequence)
    assert [b.rework for b in after.flow.sequence if isinstance(b, Parallel)] == [rework]


def test_changing_a_flow_keeps_the_rework_of_its_blocks() -> None:
    branches = (StepBlock(step="甲"), Sequence(sequence=(Sequence(sequence=(StepBlock(step="乙"),)),)))
    flat = flattened(Parallel(parallel=branches, rework="merged"))
    assert flat == Parallel(
        parallel=(StepBlock(step="甲"), Sequence(sequence=(StepBlock(step="乙"),))), rework="merged"
    )
