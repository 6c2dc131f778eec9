"""Redesigns: changes to a service hall as frozen values, one family a module."""

from simulation.redesign.difference import difference
from simulation.redesign.lever import Redesign
from simulation.redesign.one_window import OneWindow
from simulation.redesign.parallel_approval import ParallelApproval
from simulation.redesign.proposals import (
    LeftOut,
    ProposedScenario,
    can_be_simulated,
    redesign_from_proposal,
    redesigns_from_finding,
    scenario_from_findings,
)
from simulation.redesign.remove_step import RemoveStep
from simulation.redesign.scenario import (
    AnyRedesign,
    Scenario,
    dump_scenario,
    read_scenario,
    scenario_from,
    write_scenario,
)
from simulation.redesign.share_materials import ShareMaterials

__all__ = [
    "AnyRedesign",
    "LeftOut",
    "OneWindow",
    "ParallelApproval",
    "ProposedScenario",
    "Redesign",
    "RemoveStep",
    "Scenario",
    "ShareMaterials",
    "can_be_simulated",
    "difference",
    "dump_scenario",
    "read_scenario",
    "redesign_from_proposal",
    "redesigns_from_finding",
    "scenario_from",
    "scenario_from_findings",
    "write_scenario",
]
