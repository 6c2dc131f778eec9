"""Redesigns from findings: what a finding proposes, made into values and tried on a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from mining.findings import Finding, Proposal
from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign.scenario import KINDS, AnyRedesign, Scenario, field_error
from simulation.service_model import ServiceModel

_REDESIGN: TypeAdapter[AnyRedesign] = TypeAdapter(AnyRedesign)


@dataclass(frozen=True)
class LeftOut:
    """A proposal that did not become part of a scenario, and why."""

    finding: Finding
    proposal: Proposal
    reason: Text


@dataclass(frozen=True)
class ProposedScenario:
    """A scenario made from findings; `left_out` holds the proposals that do not fit, with reasons."""

    scenario: Scenario
    left_out: tuple[LeftOut, ...]


def can_be_simulated(proposal: Proposal) -> bool:
    """Whether the simulation knows the lever; one it does not know yet is advice, without "try it"."""
    return proposal.lever in KINDS


def redesign_from_proposal(proposal: Proposal, model: ServiceModel) -> AnyRedesign | Text:
    """The redesign a proposal means, if it fits the model; otherwise the reason why not, as a `Text`."""
    redesign = _parsed(proposal)
    return redesign if isinstance(redesign, Text) else _tried(redesign, model)


def redesigns_from_finding(finding: Finding, model: ServiceModel) -> list[AnyRedesign | Text]:
    """For each proposal of a finding, in its order: the redesign, or the reason why it does not fit."""
    return [redesign_from_proposal(proposal, model) for proposal in finding.proposes]


def scenario_from_findings(findings: Iterable[Finding], model: ServiceModel, name: Text) -> ProposedScenario:
    """A scenario of all proposals that fit, each tried on the model the earlier ones have left.

    Findings are taken in the order given, so rank them first. Two findings that propose the same thing give
    one redesign. Levers that cannot be simulated yet are left out, with that reason.
    """
    redesigns: list[AnyRedesign] = []
    left_out: list[LeftOut] = []
    for finding in findings:
        for proposal in finding.proposes:
            found = _parsed(proposal)
            if found in redesigns:
                continue
            if not isinstance(found, Text):
                found = _tried(found, model)
            if isinstance(found, Text):
                left_out.append(LeftOut(finding, proposal, found))
            else:
                redesigns.append(found)
                model = found.apply(model)
    return ProposedScenario(Scenario(name=name, redesigns=tuple(redesigns)), tuple(left_out))


def _parsed(proposal: Proposal) -> AnyRedesign | Text:
    if not can_be_simulated(proposal):
        return Text(
            zh=f"措施“{proposal.lever}”尚不能仿真，只作建议；可仿真的有 {', '.join(KINDS)}。",
            en=f"The lever {proposal.lever!r} cannot be simulated yet, it is advice only; "
            f"kind must be one of {', '.join(KINDS)}.",
        )
    try:
        return _REDESIGN.validate_python({"kind": proposal.lever, **proposal.parameters})
    except ValidationError as error:
        return field_error(error, proposal.lever).text


def _tried(redesign: AnyRedesign, model: ServiceModel) -> AnyRedesign | Text:
    try:
        redesign.apply(model)
    except RedesignError as error:
        return error.text
    return redesign
