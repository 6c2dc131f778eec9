"""What tells two models of a hall apart, in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator

from mining.text import Text
from simulation.redesign.flow import branches_in_parallel
from simulation.redesign.lever import active_steps, listed
from simulation.redesign.setting_differences import TOLD, TOLD_OF_VISITS, setting_differences
from simulation.service_model import Part, ServiceModel, Step

_STEP_FIELDS_TOLD = frozenset({*TOLD["steps"], "pool", "materials", "silent"})


def difference(before: ServiceModel, after: ServiceModel) -> list[Text]:
    """What changed from `before` to `after`, one sentence a change; empty only for equal models.

    Steps removed or added, pools merged, staff, slower or faster service, materials no longer handed in,
    steps in parallel; patience, appointments, priorities, batches, helpers, failures, walks, rework and
    limits before and after; whatever else differs is named by its field.
    """
    if before == after:
        return []
    found = [
        *_steps(before, after),
        *_pools(before, after),
        *_members(before, after),
        *_speeds(before, after),
        *_materials(before, after),
        *_parallel(before, after),
        *setting_differences(before, after),
        *_other_fields(before, after),
    ]
    return found or [
        Text(zh="流程结构或其他设置不同。", en="The structure of the flow or other settings differ.")
    ]


def _names_gone_and_new(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    return [n for n in before if n not in set(after)], [n for n in after if n not in set(before)]


def _steps(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    gone, new = _names_gone_and_new(
        [step.name for step in active_steps(before)], [step.name for step in active_steps(after)]
    )
    if gone:
        names = listed(gone)
        yield Text(
            zh=f"取消 {len(gone)} 个环节：{names.zh}。", en=f"{_count(gone, 'step')} removed: {names.en}."
        )
    if new:
        names = listed(new)
        yield Text(zh=f"新增 {len(new)} 个环节：{names.zh}。", en=f"{_count(new, 'step')} added: {names.en}.")


def _pools(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    moved: dict[str, set[str]] = defaultdict(set)
    for old, new in _common_steps(before, after):
        if old.pool is not None and new.pool is not None and old.pool != new.pool:
            moved[new.pool].add(old.pool)
    for pool, sources in moved.items():
        merged = [p.name for p in before.pools if p.name in sources or p.name == pool]
        names = listed(merged)
        yield Text(
            zh=f"{len(merged)} 个队列合并为“{pool}”：{names.zh}。",
            en=f"{_count(merged, 'pool')} merged into {pool!r}: {names.en}.",
        )


def _members(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    gone, new = _names_gone_and_new([m.name for m in before.members], [m.name for m in after.members])
    if gone or new:
        yield Text(
            zh=f"人员由 {len(before.members)} 人变为 {len(after.members)} 人。",
            en=f"{len(before.members)} members before, {len(after.members)} after.",
        )


def _speeds(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    """Service times multiplied: steps with the same ratio for every member in one sentence."""
    old = {member.name: member for member in before.members}
    steps_by_ratio: dict[float, list[str]] = defaultdict(list)
    for _, step in _common_steps(before, after):
        ratios = {
            round(
                old[m.name].step_speeds.get(step.name, old[m.name].speed)
                / m.step_speeds.get(step.name, m.speed),
                6,
            )
            for m in after.members
            if m.name in old and step.pool in m.serves
        }
        if len(ratios) == 1 and ratios != {1.0}:
            steps_by_ratio[ratios.pop()].append(step.name)
    for ratio, names in steps_by_ratio.items():
        yield Text(
            zh=f"{len(names)} 个环节的服务用时乘以 {ratio:g}：{listed(names).zh}。",
            en=f"Service time of {_count(names, 'step')} multiplied by {ratio:g}: {listed(names).en}.",
        )


def _materials(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    counts = {True: 0, False: 0}
    for old, new in _common_steps(before, after):
        old_asked = {asked.material: asked.shared for asked in old.materials}
        for asked in new.materials:
            if asked.material in old_asked and asked.shared != old_asked[asked.material]:
                counts[asked.shared] += 1
    handed_in = [sum(not a.shared for s in active_steps(m) for a in s.materials) for m in (before, after)]
    if handed_in[0] != handed_in[1]:
        yield Text(
            zh=f"申请人提交的材料由 {handed_in[0]} 份变为 {handed_in[1]} 份"
            f"（其中改为共享 {counts[True]} 份）。",
            en=f"{handed_in[0]} documents asked from the applicant before, {handed_in[1]} after "
            f"({counts[True]} of them now shared).",
        )


def _parallel(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    known = branches_in_parallel(before.flow)
    for branches in branches_in_parallel(after.flow):
        if branches not in known:
            zh = " ‖ ".join("→".join(branch) for branch in branches)
            en = " || ".join(" -> ".join(branch) for branch in branches)
            yield Text(zh=f"改为并联办理：{zh}。", en=f"Now in parallel: {en}.")


def _other_fields(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    """Fields no lever touches, e.g. edited by hand."""
    fields = ("name", "start_date", "calendars")
    differing = [field for field in fields if getattr(before, field) != getattr(after, field)]
    differing += _arrivals(before, after)
    differing += _fields("visits", before.visits, after.visits, TOLD_OF_VISITS)
    for old, new in _common_steps(before, after):
        told = _STEP_FIELDS_TOLD if old.pool and new.pool else _STEP_FIELDS_TOLD - {"pool"}
        differing += _fields(f"steps.{new.name}", old, new, told)
        if _asked(old) != _asked(new):
            differing.append(f"steps.{new.name}.materials")
    differing += _common(before, after, "members", ("calendar",))
    differing += _common(before, after, "materials", ("issuer_dept", "minutes_to_check"))
    if differing:
        names = listed(differing)
        yield Text(zh=f"其他不同的设置：{names.zh}。", en=f"Other settings that differ: {names.en}.")


def _asked(step: Step) -> dict[str, float]:
    """What is handed in where nothing is shared, with the chance of each to be at fault."""
    return {asked.material: asked.defect_chance for asked in step.materials}


def _common(before: ServiceModel, after: ServiceModel, where: str, fields: tuple[str, ...]) -> list[str]:
    """Paths of these fields of the parts both models have."""
    old = {part.name: part for part in getattr(before, where)}
    return [
        f"{where}.{part.name}.{field}"
        for part in getattr(after, where)
        for field in fields
        if part.name in old and getattr(part, field) != getattr(old[part.name], field)
    ]


def _arrivals(before: ServiceModel, after: ServiceModel) -> list[str]:
    old = {arrivals.name: arrivals for arrivals in before.arrivals}
    if list(old) != [arrivals.name for arrivals in after.arrivals]:
        return ["arrivals"]
    return [
        field
        for new in after.arrivals
        for field in _fields(f"arrivals.{new.name}", old[new.name], new, TOLD["arrivals"])
    ]


def _fields(path: str, old: Part, new: Part, told: Container[str]) -> list[str]:
    """Paths of the fields that differ, but for those told in a sentence of their own."""
    return [
        f"{path}.{field}"
        for field in type(new).model_fields
        if field not in told and getattr(old, field) != getattr(new, field)
    ]


def _common_steps(before: ServiceModel, after: ServiceModel) -> Iterator[tuple[Step, Step]]:
    old = {step.name: step for step in active_steps(before)}
    for step in active_steps(after):
        if step.name in old:
            yield old[step.name], step


def _count(names: list[str], noun: str) -> str:
    return f"{len(names)} {noun}" if len(names) == 1 else f"{len(names)} {noun}s"
