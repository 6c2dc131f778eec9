"""One window for several: 一窗受理 (L10 of the levers)."""

from __future__ import annotations

from itertools import zip_longest
from typing import Annotated, Literal

from pydantic import Field

from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign.lever import (
    POOL,
    Redesign,
    assuming,
    changed,
    listed,
    rebuilt,
    require_known,
    with_steps,
)
from simulation.service_model import Member, Pool, ServiceModel, Step


class OneWindow(Redesign):
    """The queues `pools` become one queue `name`, served by everyone who served any of them.

    Side effect: somebody who does everything is slower at each thing than a specialist. Every service time at
    the one window is multiplied by `generalist_penalty` (1.12 is an assumption; 1.0 to 1.3 is the plausible
    range). Pooling shortens waits by sharing idle time; a penalty near 1.10 can eat the whole gain. Simulate
    both.

    `n_members` staffs the window differently: with fewer than today the first n stay, taken in turn from each
    pool (first of pool 1, first of pool 2, ..., second of pool 1, ...); with more, copies of them are added
    in the same turn. Members who also serve a pool that is not merged go on serving it; a member left
    without any pool leaves the hall.

    How: the penalty divides the speed of each member at each step of the window, so that own time and the
    checking of materials are both multiplied by exactly `generalist_penalty` and the differences between
    fast and slow officers stay. Departments of the steps, and who decides what, stay as they are: this lever
    merges the counters, not the approvals.
    """

    kind: Literal["one_window"] = "one_window"
    pools: tuple[str, ...]
    name: str = "综合窗口"
    generalist_penalty: float = Field(default=1.12, gt=0, allow_inf_nan=False)
    n_members: Annotated[int, Field(ge=1)] | None = None

    def describe(self) -> Text:
        """One sentence for a planner."""
        pools = listed(self.pools)
        staff = "" if self.n_members is None else f"，配 {self.n_members} 人"
        staff_en = "" if self.n_members is None else f", with {self.n_members} members"
        return Text(
            zh=f"将 {len(self.pools)} 个队列（{pools.zh}）合并为“{self.name}”{staff}，"
            f"每次服务用时乘以 {self.generalist_penalty:g}。",
            en=f"Merge {len(self.pools)} pools ({pools.en}) into {self.name!r}{staff_en}; "
            f"each service takes {self.generalist_penalty:g} times as long.",
        )

    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model with one queue.

        Raises `RedesignError` for an unknown pool, fewer than two different pools, a name another pool
        has, pools no step uses, or machines (kiosk steps) merged with people.
        """
        self._require_fit(model)
        steps = {step.name: changed(step, pool=self.name) for step in self._steps(model)}
        return rebuilt(
            model,
            pools=self._merged_pools(model),
            members=self._merged_members(model),
            steps=with_steps(model, steps),
            evidence=assuming(model, f"redesigns.one_window.{self.name}", self._assumption()),
        )

    def _assumption(self) -> Text:
        return Text(
            zh=f"“{self.name}”的综合岗每次服务用时为专岗的 {self.generalist_penalty:g} 倍；"
            "人员均能办理其全部事项",
            en=f"A generalist at {self.name!r} takes {self.generalist_penalty:g} times a specialist's time "
            "and can do all of its work",
        )

    def _steps(self, model: ServiceModel) -> list[Step]:
        return [step for step in model.steps if step.pool in self.pools]

    def _require_fit(self, model: ServiceModel) -> None:
        names = [pool.name for pool in model.pools]
        require_known(POOL, self.pools, names)
        if len(set(self.pools)) < 2:
            found = listed(self.pools)
            raise RedesignError(
                zh=f"一窗受理至少要合并两个不同的队列，现有：{found.zh or '无'}。",
                en=f"One window needs two different pools to merge, found: {found.en or 'none'}.",
            )
        if self.name in names and self.name not in self.pools:
            raise RedesignError(
                zh=f"队列“{self.name}”已存在且不在合并之列，请换一个名称。",
                en=f"A pool {self.name!r} exists already and is not among those merged; choose another name.",
            )
        steps = [step for step in self._steps(model) if not step.silent]
        if not steps:
            raise RedesignError(
                zh=f"队列{listed(self.pools).zh}没有任何环节使用，合并没有意义。",
                en=f"No step uses the pools {listed(self.pools).en}; there is nothing to merge.",
            )
        machines = [step.name for step in steps if step.place == "kiosk"]
        if machines and len(machines) < len(steps):
            raise RedesignError(
                zh=f"自助终端的环节（{listed(machines).zh}）不能与人工窗口合并。",
                en=f"Steps at kiosks ({listed(machines).en}) cannot share a queue with people at counters.",
            )

    def _merged_pools(self, model: ServiceModel) -> tuple[Pool, ...]:
        departments = {pool.dept for pool in model.pools if pool.name in self.pools}
        one = Pool(name=self.name, dept=departments.pop() if len(departments) == 1 else None)
        first = next(pool.name for pool in model.pools if pool.name in self.pools)
        return tuple(
            one if pool.name == first else pool
            for pool in model.pools
            if pool.name == first or pool.name not in self.pools
        )

    def _merged_members(self, model: ServiceModel) -> tuple[Member, ...]:
        order = in_turn(model, self.pools)
        wanted = len(order) if self.n_members is None else self.n_members
        at_window = set(order[:wanted])
        speeds = [step.name for step in self._steps(model)]
        members = [
            member
            for old in model.members
            if (member := self._reassigned(old, old.name in at_window, speeds)) is not None
        ]
        by_name = {member.name: member for member in members}
        for extra in range(wanted - len(order)):
            original = by_name[order[extra % len(order)]]
            copy = changed(original, name=_free_name(original.name, by_name), serves=(self.name,))
            by_name[copy.name] = copy
        return tuple(by_name.values())

    def _reassigned(self, member: Member, at_window: bool, steps: list[str]) -> Member | None:
        """The member with new pools and speeds; None if no pool is left to serve."""
        failure = member.failure
        if failure is not None and failure.repaired_by in self.pools:
            member = changed(member, failure=changed(failure, repaired_by=self.name))
        if not set(member.serves) & set(self.pools):
            return member
        serves = [self.name if pool in self.pools else pool for pool in member.serves]
        if not at_window:
            serves = [pool for pool in serves if pool != self.name]
        if not serves:
            return None
        speeds = dict(member.step_speeds)
        if at_window and self.generalist_penalty != 1:
            for step in steps:
                speeds[step] = speeds.get(step, member.speed) / self.generalist_penalty
        return changed(member, serves=tuple(dict.fromkeys(serves)), step_speeds=speeds)


def in_turn(model: ServiceModel, pools: tuple[str, ...]) -> list[str]:
    """Names of the members who serve `pools`, taken in turn from each pool, each once."""
    by_pool = [[member.name for member in model.members if pool in member.serves] for pool in pools]
    turns = zip_longest(*by_pool)
    return list(dict.fromkeys(name for turn in turns for name in turn if name is not None))


def _free_name(name: str, taken: dict[str, Member]) -> str:
    number = 2
    while f"{name}#{number}" in taken:
        number += 1
    return f"{name}#{number}"
