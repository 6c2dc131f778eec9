"""Approvals at the same time instead of one after another: 并联审批 (L16 of the levers)."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Literal

from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign.flow import flattened, looked_back_at, map_sequences, sequences
from simulation.redesign.lever import Redesign, assuming, listed, rebuilt, require_step
from simulation.redesign.share_materials import is_passed_on
from simulation.service_model import Block, Parallel, Rework, Sequence, ServiceModel, Step, StepBlock, leaves

Branches = tuple[tuple[str, ...], ...]


class ParallelApproval(Redesign):
    """The `steps`, done one after another today, are done at the same time; the case goes on after the last.

    A step and what follows it in the same department stay one after another: they form one branch, as a
    counter and the approval behind it do. `branches` says otherwise, step by step. The order within a branch
    is that of today's flow.

    Side effect: the slowest department decides how long it takes, and reviewers who work on several branches
    have them all on the desk at once. `rework` says what a return for correction in one branch does to the
    others: "alone" (it does not stop them), "merged" (one notice when all have an answer, only what was
    returned is done again) or "all" (one notice, then everything again); see `Parallel`. At counters the
    applicant still stands at one window at a time. Whether the law lets a department begin before another
    has decided must be checked: the model only knows documents.

    A document one branch issues and another needs keeps them apart, whether the applicant carries it or it
    is passed on. Where it is fetched electronically (`share_materials`, mode "fetched", e.g. an electronic
    seal made together with the licence) it does not: the model then assumes that it exists in the issuing
    department's system by the time it is fetched.
    """

    kind: Literal["parallel_approval"] = "parallel_approval"
    steps: tuple[str, ...]
    branches: Branches | None = None
    rework: Rework = "alone"

    def describe(self) -> Text:
        """One sentence for a planner."""
        if self.branches is None:
            steps = listed(self.steps)
            return Text(
                zh=f"{steps.zh}由依次办理改为并联办理，同一部门的环节仍依次办理。",
                en=f"Do {steps.en} in parallel instead of in sequence, those of one department in order.",
            )
        zh, en = " ‖ ".join("→".join(b) for b in self.branches), " || ".join(map(" -> ".join, self.branches))
        return Text(zh=f"由依次办理改为并联办理：{zh}。", en=f"In parallel instead of in sequence: {en}.")

    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model with a parallel block in place of the steps.

        Raises `RedesignError` if a step is unknown or removed, if the steps do not stand next to each other
        in one sequence of the flow, if there is only one branch, or if a branch needs a document another
        branch issues.
        """
        for name in self.steps:
            require_step(model, name)
        if looked_back_at(model.flow) & set(self.steps):
            raise _no_fixed_order(self.steps)
        flow = flattened(model.flow)
        run = self._run(model, flow)
        branches = self._branches_in_order([model.step(name) for name in run])
        _require_independent(model, branches)
        block = Parallel(
            parallel=tuple(_one_after_another(branch) for branch in branches), rework=self.rework
        )
        return rebuilt(
            model,
            flow=map_sequences(flow, lambda sequence: _replaced(sequence, run, block)),
            evidence=assuming(model, f"redesigns.parallel_approval.{'+'.join(run)}", _assumption(run)),
        )

    def _run(self, model: ServiceModel, flow: Block) -> tuple[str, ...]:
        """The steps in the order of the flow, where they follow one another in one sequence."""
        if len(set(self.steps)) < 2:
            raise RedesignError(
                zh="并联办理至少需要两个不同的环节。", en="Parallel approval needs two steps."
            )
        missing = [name for name in self.steps if name not in set(leaves(flow))]
        if missing:
            raise RedesignError(
                zh=f"流程中没有用到环节：{listed(missing).zh}。",
                en=f"The flow does not use the steps {listed(missing).en}.",
            )
        for sequence in sequences(flow):
            names = [child.step if isinstance(child, StepBlock) else None for child in sequence.sequence]
            for begin in range(len(names)):
                run = names[begin : begin + len(set(self.steps))]
                if set(run) == set(self.steps):
                    return tuple(name for name in run if name is not None)
        raise _not_consecutive(flow, set(self.steps))

    def _branches_in_order(self, run: list[Step]) -> Branches:
        position = {step.name: index for index, step in enumerate(run)}
        if self.branches is None:
            found = _by_department(run)
        else:
            count = Counter(name for branch in self.branches for name in branch)
            if set(count) != set(position) or max(count.values()) > 1:
                raise RedesignError(
                    zh=f"branches 必须恰好包含 steps 中的每个环节一次：{listed(position).zh}。",
                    en=f"branches must hold each of the steps exactly once: {listed(position).en}.",
                )
            found = [tuple(sorted(branch, key=position.__getitem__)) for branch in self.branches if branch]
        if len(found) < 2:
            raise RedesignError(
                zh=f"{listed(position).zh}属于同一部门，只有一个分支，无法并联；可用 branches 指定分支。",
                en=f"{listed(position).en} belong to one department and form a single branch; "
                "name the branches with `branches` to do them in parallel all the same.",
            )
        return tuple(found)


def _by_department(run: list[Step]) -> list[tuple[str, ...]]:
    """Steps in order, split where the department changes.

    A step of unknown department is a branch of its own, unless it is back-office work right after a
    counter: then it belongs to that counter.
    """
    branches: list[list[Step]] = []
    for step in run:
        last = branches[-1][-1] if branches else None
        same_dept = last is not None and step.dept is not None and step.dept == last.dept
        behind = (
            last is not None
            and None in (step.dept, last.dept)
            and last.place == "counter"
            and step.place == "back_office"
        )
        if same_dept or behind:
            branches[-1].append(step)
        else:
            branches.append([step])
    return [tuple(step.name for step in branch) for branch in branches]


def _require_independent(model: ServiceModel, branches: Branches) -> None:
    for one, other in combinations(branches, 2):
        for giving, asking in ((one, other), (other, one)):
            issued = {document: name for name in giving for document in model.step(name).issues}
            for name in asking:
                for asked in model.step(name).materials:
                    if asked.material in issued and (not asked.shared or is_passed_on(asked)):
                        raise _dependent(asked.material, issued[asked.material], name)


def _one_after_another(branch: tuple[str, ...]) -> Block:
    steps = tuple(StepBlock(step=name) for name in branch)
    return steps[0] if len(steps) == 1 else Sequence(sequence=steps)


def _replaced(sequence: Sequence, run: tuple[str, ...], block: Parallel) -> Block:
    """The sequence with each occurrence of the run replaced; the block itself if nothing else is in it."""
    result: list[Block] = []
    children = list(sequence.sequence)
    while children:
        names = tuple(child.step if isinstance(child, StepBlock) else None for child in children[: len(run)])
        if names == run:
            result.append(block)
            children = children[len(run) :]
        else:
            result.append(children.pop(0))
    return result[0] if result == [block] else Sequence(sequence=tuple(result))


def _assumption(run: tuple[str, ...]) -> Text:
    steps = listed(run)
    return Text(
        zh=f"法律允许{steps.zh}并联办理；只检查了材料依赖，没有检查法定前置条件",
        en=f"The law allows {steps.en} at the same time: documents were checked, the law was not",
    )


def _dependent(document: str, issued_by: str, asked_by: str) -> RedesignError:
    return RedesignError(
        zh=f"环节“{asked_by}”需要“{document}”，而它由环节“{issued_by}”出具，两者不能并联；"
        f"除非先将“{document}”改为数据共享获取（如电子证照、电子印章）。",
        en=f"The step {asked_by!r} needs {document!r}, which the step {issued_by!r} issues: they cannot be "
        f"done in parallel unless {document!r} is fetched electronically first.",
    )


def _no_fixed_order(steps: tuple[str, ...]) -> RedesignError:
    return RedesignError(
        zh=f"从日志学得的流程没有固定的先后次序（下一环节由前两个环节决定），{listed(steps).zh}"
        "之间没有可以改为并联的顺序；请先给出设计流程。",
        en="A flow learnt from a log has no fixed order (the last two steps decide on the next), so there is "
        f"no sequence of {listed(steps).en} to make parallel; give the model a designed flow first.",
    )


def _not_consecutive(flow: Block, wanted: set[str]) -> RedesignError:
    """Say what stands between the steps, or that they stand in different blocks."""
    between: list[str] = []
    for sequence in sequences(flow):
        inside = [set(leaves(child)) for child in sequence.sequence]
        at = [index for index, names in enumerate(inside) if names & wanted]
        if at and wanted <= set().union(*inside):
            others = [name for names in inside[at[0] : at[-1] + 1] for name in names - wanted]
            between = others or between
    steps, others_between = listed(sorted(wanted)), listed(between)
    why_zh = f"其间还有：{others_between.zh}" if between else "它们位于不同的分支或循环中"
    why_en = f"between them: {others_between.en}" if between else "they stand in different branches or loops"
    return RedesignError(
        zh=f"环节{steps.zh}在流程中不是依次相连的，无法改为并联；{why_zh}。",
        en=f"The steps {steps.en} do not follow one another in one sequence and cannot be made parallel; "
        f"{why_en}.",
    )
