"""Remove a step: 减环节 (L9 of the levers)."""

from __future__ import annotations

from typing import Literal

from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign.flow import looked_back_at, without_step
from simulation.redesign.lever import (
    Redesign,
    active_steps,
    assuming,
    changed,
    listed,
    rebuilt,
    require_step,
    with_steps,
)
from simulation.service_model import NO_TIME, ServiceModel, Step, leaves


class RemoveStep(Redesign):
    """The step `step` is no longer done: no queue, no work, no return for correction, no trip to its counter.

    Side effect: what the step caught is no longer caught there. The model assumes that nothing goes wrong
    later because of it; check the legal basis and who else would notice before believing the gain.

    The people of its pool stay and serve the other steps of the pool, or stand idle.

    How: where no choice or loop of the flow looks back at earlier steps, the leaf is cut out of the tree.
    Where one does (flows learnt from a log), the step becomes silent: it takes no time and leaves no record,
    but the case still passes through it, so that the chances of everything after it stay as measured.
    """

    kind: Literal["remove_step"] = "remove_step"
    step: str

    def describe(self) -> Text:
        """One sentence for a planner."""
        return Text(zh=f"取消环节“{self.step}”。", en=f"Remove the step {self.step!r}.")

    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model without the step.

        Raises `RedesignError` if the step is unknown or already removed, if it is the last one, or if
        another step still asks for a document only this step issues, sends stuck applicants to it, or if the
        time limits begin with it.
        """
        step = require_step(model, self.step)
        self._require_nobody_needs_its_documents(model, step)
        self._require_nothing_hangs_on_it(model)
        if not set(leaves(model.flow)) & {other.name for other in active_steps(model)} - {self.step}:
            raise RedesignError(
                zh=f"“{self.step}”是流程中最后一个环节，不能取消。",
                en=f"The step {self.step!r} is the last one of the flow and cannot be removed.",
            )
        evidence = {
            path: known
            for path, known in assuming(
                model, f"redesigns.remove_step.{step.name}", _assumption(step)
            ).items()
            if path != f"steps.{self.step}" and not path.startswith(f"steps.{self.step}.")
        }
        # any context row at all: cutting a leaf moves the "last two steps" of every later choice
        if looked_back_at(model.flow):
            steps = with_steps(model, {self.step: _silent(step)})
            return rebuilt(model, steps=steps, evidence=evidence)
        steps = tuple(other for other in model.steps if other.name != self.step)
        return rebuilt(model, steps=steps, flow=without_step(model.flow, self.step), evidence=evidence)

    def _require_nothing_hangs_on_it(self, model: ServiceModel) -> None:
        stuck = [s.name for s in active_steps(model) if s.stuck is not None and s.stuck.then == self.step]
        if stuck:
            raise RedesignError(
                zh=f"不能取消环节“{self.step}”：{listed(stuck).zh}办不成的申请人转到该环节。",
                en=f"The step {self.step!r} cannot be removed: applicants stuck at {listed(stuck).en} "
                "go there.",
            )
        if model.limits is not None and model.limits.accepted_by == self.step:
            raise RedesignError(
                zh=f"不能取消环节“{self.step}”：办理时限自该环节通过起算；请先改 limits.accepted_by。",
                en=f"The step {self.step!r} cannot be removed: the time limits begin when it is passed; "
                "change limits.accepted_by first.",
            )

    def _require_nobody_needs_its_documents(self, model: ServiceModel, step: Step) -> None:
        others = [other for other in active_steps(model) if other.name != step.name]
        only_here = set(step.issues) - {document for other in others for document in other.issues}
        needed = [
            (asked.material, other.name)
            for other in others
            for asked in other.materials
            if asked.material in only_here
        ]
        if needed:
            documents = listed(dict.fromkeys(document for document, _ in needed))
            names = listed(dict.fromkeys(name for _, name in needed))
            raise RedesignError(
                zh=f"不能取消环节“{step.name}”：它出具的{documents.zh}仍是以下环节要求的材料：{names.zh}。",
                en=f"The step {step.name!r} cannot be removed: it issues {documents.en}, "
                f"still asked for by {names.en}.",
            )


def _assumption(step: Step) -> Text:
    return Text(
        zh=f"取消“{step.name}”不会使后续环节出现更多差错，且有法规依据",
        en=f"Without {step.name!r} nothing goes wrong more often later, and the rules allow it",
    )


def _silent(step: Step) -> Step:
    return changed(
        step,
        silent=True,
        duration=NO_TIME,
        delay_before=NO_TIME,
        materials=(),
        issues=(),
        return_chance=0.0,
        policy_change=None,
        reject_chance=0.0,
        batch=None,
        stuck=None,
        stops_clock=False,
    )
