from mining.findings import Finding, Proposal
from mining.text import Text, same
from simulation.redesign import (
    OneWindow,
    RemoveStep,
    can_be_simulated,
    redesign_from_proposal,
    redesigns_from_finding,
    scenario_from_findings,
)
from simulation.service_model import ServiceModel

REMOVE = Proposal(lever="remove_step", parameters={"step": "查询"})
PARALLEL = Proposal(lever="parallel_approval", parameters={"steps": ["刻章", "刻制", "税务"]})
WINDOW = Proposal(lever="one_window", parameters={"pools": ["市监窗口", "税务窗口"], "name": "综合窗口"})


def finding(*proposals: Proposal) -> Finding:
    return Finding(
        kind="test",
        title=same("t"),
        where={},
        cases=1,
        share=None,
        hours_lost_per_year=None,
        evidence={},
        proposes=proposals,
    )


def test_a_proposal_that_fits_becomes_a_redesign(hall: ServiceModel) -> None:
    assert redesigns_from_finding(finding(REMOVE, WINDOW), hall) == [
        RemoveStep(step="查询"),
        OneWindow(pools=("市监窗口", "税务窗口")),
    ]


def test_one_that_does_not_fit_becomes_the_reason(hall: ServiceModel, chain: ServiceModel) -> None:
    reason = redesign_from_proposal(PARALLEL, hall)
    assert isinstance(reason, Text)
    assert "“印章”" in reason.zh
    reason = redesign_from_proposal(PARALLEL, chain)
    assert isinstance(reason, Text)
    assert "no fixed order" in reason.en


def test_one_that_is_no_lever_at_all_becomes_the_reason(hall: ServiceModel) -> None:
    reason = redesign_from_proposal(Proposal(lever="pray", parameters={}), hall)
    assert isinstance(reason, Text)
    assert "kind must be one of" in reason.en
    assert "尚不能仿真" in reason.zh
    reason = redesign_from_proposal(Proposal(lever="remove_step", parameters={"steps": ["x"]}), hall)
    assert isinstance(reason, Text)
    assert reason.en.startswith("remove_step: field")


def test_advice_is_left_out_of_a_scenario_with_its_reason(hall: ServiceModel) -> None:
    advice = Proposal(lever="training", parameters={"steps": ["查询"]})
    assert not can_be_simulated(advice)
    assert can_be_simulated(REMOVE)
    proposed = scenario_from_findings([finding(advice, REMOVE)], hall, same("全部"))
    assert proposed.scenario.redesigns == (RemoveStep(step="查询"),)
    (left,) = proposed.left_out
    assert left.proposal == advice
    assert "advice only" in left.reason.en


def test_a_scenario_of_all_that_fits_together(hall: ServiceModel) -> None:
    share = Proposal(lever="share_materials", parameters={"materials": ["印章"]})
    other_window = Proposal(lever="one_window", parameters={"pools": ["刻章窗口", "市监窗口"]})
    proposed = scenario_from_findings(
        [finding(REMOVE, share), finding(PARALLEL, REMOVE, WINDOW), finding(other_window)], hall, same("全部")
    )
    # the parallel approval fits because the seal is shared before; 市监窗口 is gone when its turn comes again
    assert [r.kind for r in proposed.scenario.redesigns] == [
        "remove_step",
        "share_materials",
        "parallel_approval",
        "one_window",
    ]
    assert [(left.proposal, left.reason.en.split(";")[0]) for left in proposed.left_out] == [
        (other_window, "The model has no pool '市监窗口'")
    ]
    proposed.scenario.apply(hall)
