"""What all redesigns share: a frozen value with `apply(model) -> ServiceModel` and `describe() -> Text`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from mining.text import Text
from simulation.errors import RedesignError
from simulation.service_model import Evidence, Part, ServiceModel, Step

SomePart = TypeVar("SomePart", bound=Part)


class Redesign(BaseModel, ABC):
    """A change to a service hall, as a frozen value.

    `apply` returns a new model and leaves the old one as it is. It raises `RedesignError`, naming the step,
    pool or material and the known ones, where it does not fit; it never returns the model unchanged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model after the change; raises `RedesignError`."""

    @abstractmethod
    def describe(self) -> Text:
        """One sentence for a planner."""

    @model_serializer(mode="wrap")
    def _with_kind(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind, **write(self)}  # type: ignore[attr-defined]


def changed(part: SomePart, **changes: object) -> SomePart:
    """A copy of a part of the model with some fields changed, checked again."""
    return type(part).model_validate({**dict(part), **changes})


def rebuilt(model: ServiceModel, **changes: object) -> ServiceModel:
    """A copy of the model with some parts changed, checked again; raises `RedesignError`."""
    try:
        return changed(model, **changes)
    except ValidationError as error:
        detail = error.errors()[0]["msg"]
        raise RedesignError(
            zh=f"改造后的模型不成立：{detail}。",
            en=f"The redesigned model does not hold together: {detail}.",
        ) from error


def assuming(model: ServiceModel, path: str, note: Text) -> dict[str, Evidence]:
    """The evidence of the model with an assumption of a redesign added, so that every result states it."""
    return {**model.evidence, path: Evidence(source="assumed", note=note)}


def with_steps(model: ServiceModel, replacements: dict[str, Step]) -> tuple[Step, ...]:
    """The steps of the model, those in `replacements` (by name) replaced."""
    return tuple(replacements.get(step.name, step) for step in model.steps)


def listed(names: Iterable[str]) -> Text:
    """Names as a list in a sentence."""
    names = list(names)
    return Text(zh="、".join(names), en=", ".join(names))


def require_known(kind: Text, names: Sequence[str], known: Iterable[str]) -> None:
    """Raise `RedesignError` for the first of `names` that is not among `known`, listing those."""
    known = list(known)
    for name in names:
        if name not in known:
            have = listed(known)
            raise RedesignError(
                zh=f"模型中没有{kind.zh}“{name}”；已有：{have.zh or '无'}。",
                en=f"The model has no {kind.en} {name!r}; known: {have.en or 'none'}.",
            )


STEP = Text(zh="环节", en="step")
POOL = Text(zh="队列", en="pool")
MATERIAL = Text(zh="材料", en="material")


def require_step(model: ServiceModel, name: str) -> Step:
    """The step called `name`; raises `RedesignError` where there is none or where it was removed before."""
    require_known(STEP, [name], [step.name for step in model.steps if not step.silent or step.name == name])
    step = model.step(name)
    if step.silent:
        raise RedesignError(
            zh=f"环节“{name}”已经取消，不能再改造。",
            en=f"The step {name!r} has been removed already and cannot be redesigned.",
        )
    return step


def active_steps(model: ServiceModel) -> tuple[Step, ...]:
    """The steps that leave a record: all but those a redesign made silent."""
    return tuple(step for step in model.steps if not step.silent)
