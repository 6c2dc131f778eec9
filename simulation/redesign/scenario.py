"""Scenario: redesigns applied together, one after another, under one name; a YAML file a person can edit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mining.text import Text, same
from simulation.complaints import complaint
from simulation.errors import RedesignError
from simulation.redesign.one_window import OneWindow
from simulation.redesign.parallel_approval import ParallelApproval
from simulation.redesign.remove_step import RemoveStep
from simulation.redesign.share_materials import ShareMaterials
from simulation.service_model import ServiceModel

AnyRedesign = Annotated[
    RemoveStep | OneWindow | ParallelApproval | ShareMaterials, Field(discriminator="kind")
]
KINDS = ("remove_step", "one_window", "parallel_approval", "share_materials")


def _read_name(value: object) -> object:
    """A plain string is a name that reads the same in both languages."""
    return same(value) if isinstance(value, str) else value


class Scenario(BaseModel):
    """Redesigns that belong together, applied in their order.

    An empty scenario is today's hall: it changes nothing, and simulating it gives today's log, event for
    event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Text, BeforeValidator(_read_name)]
    redesigns: tuple[AnyRedesign, ...] = ()

    def apply(self, model: ServiceModel) -> ServiceModel:
        """The model after all redesigns; raises `RedesignError` naming the first that does not fit."""
        for number, redesign in enumerate(self.redesigns, 1):
            try:
                model = redesign.apply(model)
            except RedesignError as error:
                raise RedesignError(
                    zh=f"方案“{self.name.zh}”第 {number} 项（{redesign.kind}）：{error.text.zh}",
                    en=f"Scenario {self.name.en!r}, redesign {number} ({redesign.kind}): {error.text.en}",
                ) from error
        return model

    def describe(self) -> Text:
        """What the scenario changes, one sentence a redesign."""
        if not self.redesigns:
            return Text(zh="不作任何改变。", en="Nothing is changed.")
        sentences = [redesign.describe() for redesign in self.redesigns]
        return Text(zh="".join(s.zh for s in sentences), en=" ".join(s.en for s in sentences))


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from YAML; raises `RedesignError` naming file and field.

    ```yaml
    name: {zh: 一窗受理, en: One window}
    redesigns:
      - kind: one_window
        pools: [税务窗口, 社保窗口]
        generalist_penalty: 1.12
    ```
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RedesignError(
            zh=f"{path.name}：无法打开文件。", en=f"{path.name}: cannot be opened ({error.strerror})."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise RedesignError(
            zh=f"{path.name}：不是有效的 UTF-8 YAML（{detail}）。",
            en=f"{path.name}: not valid YAML in UTF-8 ({detail}).",
        ) from error
    return scenario_from(document, path.name)


def scenario_from(document: object, source: str = "scenario") -> Scenario:
    """Make a scenario from parsed YAML or JSON; raises `RedesignError` naming the field."""
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise field_error(error, source) from error


def field_error(error: ValidationError, source: str) -> RedesignError:
    """The first complaint about a document as one sentence with file and field."""
    # pydantic reports each language of a name and each tag of a union as a level of its own
    text = complaint(error, source, "scenario", not_levels=KINDS, tags=KINDS)
    return RedesignError(zh=text.zh, en=text.en)


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario as YAML that `read_scenario` reads back to an equal one."""
    path.write_text(dump_scenario(scenario), encoding="utf-8", newline="\n")


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as YAML text, defaults included, so that a reader sees what was assumed."""
    document: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
