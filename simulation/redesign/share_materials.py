"""Documents fetched or handed in once instead of again and again: 数据共享 (L15 of the levers)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mining.text import Text
from simulation.errors import RedesignError
from simulation.redesign.flow import steps_in_order
from simulation.redesign.lever import (
    MATERIAL,
    Redesign,
    active_steps,
    assuming,
    changed,
    listed,
    rebuilt,
    require_known,
    require_step,
    with_steps,
)
from simulation.service_model import AskedMaterial, ServiceModel, Share, Step, leaves

PASSED_ON = {
    "shared": True,
    "shared_available": 1.0,
    "shared_minutes": 0.0,
    "shared_mismatch_chance": 0.0,
}
"""How a model says that a document comes from another step of the same case, not from an archive."""


def is_passed_on(asked: AskedMaterial) -> bool:
    """Whether the document comes from another step of the case: it must have been there before."""
    return all(getattr(asked, field) == value for field, value in PASSED_ON.items())


class ShareMaterials(Redesign):
    """Steps get the `materials` from inside the administration instead of asking the applicant for them.

    - `mode="fetched"`: every step that asks for a material (or those of `steps`) fetches it from the
      department that issued it. That works out with `available`, takes `minutes` before the step can begin,
      and what was fetched is wrong with `mismatch_chance`, which returns the case for correction.
    - `mode="handed_in_once"`: the step that asks for it first still gets it from the applicant and checks it;
      the later ones get it passed on at once and do not check it again. `available`, `minutes` and
      `mismatch_chance` are not used.

    Side effect: where fetching fails the applicant hands the document in as before, unprepared; data that do
    not match return the case. A defect the first check overlooks is not found later. The defaults (95 %,
    0.2 minutes, 2 %) are assumptions.

    Fewer documents shorten the check at the step and make returns rarer, by mechanism: neither is a setting.
    "First" is the order of the flow; in a flow learnt from a log it is the mean order in which cases meet the
    steps, and a case that meets them in another order counts as if it had been the same.
    """

    kind: Literal["share_materials"] = "share_materials"
    materials: Annotated[tuple[str, ...], Field(min_length=1)]
    steps: tuple[str, ...] | None = None
    mode: Literal["fetched", "handed_in_once"] = "fetched"
    available: Share = 0.95
    minutes: float = Field(default=0.2, ge=0, allow_inf_nan=False)
    mismatch_chance: Share = 0.02

    def describe(self) -> Text:
        """One sentence for a planner."""
        names = listed(self.materials)
        where = listed(self.steps or ())
        at_zh = f"在{where.zh}" if self.steps else ""
        at_en = f" at {where.en}" if self.steps else ""
        if self.mode == "handed_in_once":
            return Text(
                zh=f"{names.zh}{at_zh}只提交一次，后续环节内部流转。",
                en=f"Hand in {names.en} once{at_en}; later steps get it passed on.",
            )
        return Text(
            zh=f"{names.zh}{at_zh}由数据共享获取（成功率 {self.available:.0%}），不再由申请人提交。",
            en=f"Fetch {names.en}{at_en} from the issuing department (works out in {self.available:.0%}) "
            "instead of asking the applicant.",
        )

    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model with the materials shared.

        Steps that get a material from inside already are left as they are. Raises `RedesignError` for an
        unknown material or step, and for a material none of the steps asks the applicant for (or only one,
        where it is to be handed in once).
        """
        require_known(MATERIAL, self.materials, [material.name for material in model.materials])
        for name in self.steps or ():
            require_step(model, name)
        replacements: dict[str, Step] = {}
        for material in self.materials:
            for step in self._sharing_steps(model, material):
                step = replacements.get(step.name, step)
                replacements[step.name] = self._with_shared(step, material)
        path = f"redesigns.share_materials.{'+'.join(self.materials)}"
        return rebuilt(
            model,
            steps=with_steps(model, replacements),
            evidence=assuming(model, path, self._assumption()),
        )

    def _assumption(self) -> Text:
        names = listed(self.materials)
        if self.mode == "handed_in_once":
            return Text(
                zh=f"{names.zh}首次核验后各环节互认，不再产生补正",
                en=f"{names.en}: the first check is recognised by the later steps and causes no return there",
            )
        return Text(
            zh=f"{names.zh}共享成功率 {self.available:.0%}、取得用时 {self.minutes:g} 分钟、"
            f"数据不符 {self.mismatch_chance:.0%}",
            en=f"{names.en}: fetching works out in {self.available:.0%}, takes {self.minutes:g} minutes, "
            f"and gives wrong data in {self.mismatch_chance:.0%}",
        )

    def _sharing_steps(self, model: ServiceModel, material: str) -> list[Step]:
        """The steps that no longer get the material from the applicant."""
        used = set(leaves(model.flow))
        asking = [
            step
            for step in active_steps(model)
            if step.name in used
            and (self.steps is None or step.name in self.steps)
            and any(asked.material == material and not asked.shared for asked in step.materials)
        ]
        if not asking:
            among = "" if self.steps is None else f"（限于：{listed(self.steps).zh}）"
            among_en = "" if self.steps is None else f" (of {listed(self.steps).en})"
            raise RedesignError(
                zh=f"没有环节{among}要求申请人提交材料“{material}”（或者已经共享）。",
                en=f"No step{among_en} asks the applicant for {material!r} (or it is shared already).",
            )
        if self.mode == "fetched":
            return asking
        if len(asking) == 1:
            raise RedesignError(
                zh=f"材料“{material}”只在环节“{asking[0].name}”提交一次，没有重复提交可减。",
                en=f"Only the step {asking[0].name!r} asks for {material!r}: it is handed in once already.",
            )
        order = {name: position for position, name in enumerate(steps_in_order(model))}
        return sorted(asking, key=lambda step: order[step.name])[1:]

    def _with_shared(self, step: Step, material: str) -> Step:
        return changed(
            step,
            materials=tuple(
                self._shared(asked) if asked.material == material else asked for asked in step.materials
            ),
        )

    def _shared(self, asked: AskedMaterial) -> AskedMaterial:
        if self.mode == "handed_in_once":
            return changed(asked, **PASSED_ON)
        return changed(
            asked,
            shared=True,
            shared_available=self.available,
            shared_minutes=self.minutes,
            shared_mismatch_chance=self.mismatch_chance,
        )
