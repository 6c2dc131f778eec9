"""The JSON file of Prosimos (the simulation parameters beside a BPMN diagram), checked.

The format is that of Prosimos 2: https://github.com/AutomatedProcessImprovement/Prosimos (README, "Simulation
Input File Formats"). Sections that change the simulation and have no counterpart here must be empty.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from simulation.complaints import complaint
from simulation.errors import ModelError

Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


class Section(BaseModel):
    """Base: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Value(Section):
    """A number of a distribution, in seconds where it is a time."""

    value: float


class Histogram(Section):
    """Gaps drawn from classes: the cumulative shares, and the seconds that stand for each class."""

    cdf: tuple[float, ...] = Field(min_length=1)
    bin_midpoints: tuple[float, ...]


class TimeLaw(Section):
    """A distribution of seconds: its name and numbers, in the order of `prosimos_times`."""

    distribution_name: str
    distribution_params: tuple[Value, ...] = ()
    histogram_data: Histogram | None = None


class OpenPeriod(Section):
    """The same hours on each day from one weekday to another."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    begin: str = Field(alias="beginTime")
    end: str = Field(alias="endTime")

    @field_validator("first", "last", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value


class Calendar(Section):
    """Weekly open hours."""

    id: str
    name: str = ""
    time_periods: tuple[OpenPeriod, ...]


class Resource(Section):
    """So many people with the same calendar."""

    id: str
    name: str
    amount: int = Field(ge=1)
    calendar: str
    cost_per_hour: float = 0.0
    assigned_tasks: tuple[str, ...] = Field(
        default=(), validation_alias=AliasChoices("assigned_tasks", "assignedTasks")
    )


class Profile(Section):
    """Resources that are listed together."""

    id: str
    name: str
    resource_list: tuple[Resource, ...]


class ResourceLaw(TimeLaw):
    """How long a resource takes for a task."""

    resource_id: str


class TaskLaw(Section):
    """Who can do a task."""

    task_id: str
    resources: tuple[ResourceLaw, ...] = Field(min_length=1)


class PathChance(Section):
    """The chance of a sequence flow out of a gateway."""

    path_id: str
    value: float = Field(ge=0, le=1)


class Gateway(Section):
    """The chances of the ways out of a gateway."""

    gateway_id: str
    probabilities: tuple[PathChance, ...]


class EventLaw(TimeLaw):
    """How long an event is waited for."""

    event_id: str


class Parameters(Section):
    """The whole file."""

    model_type: str = "CRISP"
    resource_profiles: tuple[Profile, ...]
    arrival_time_distribution: TimeLaw
    arrival_time_calendar: tuple[OpenPeriod, ...]
    gateway_branching_probabilities: tuple[Gateway, ...] = ()
    task_resource_distribution: tuple[TaskLaw, ...]
    resource_calendars: tuple[Calendar, ...]
    event_distribution: tuple[EventLaw, ...] = ()
    gateway_execution_limit: int | None = None

    @field_validator("arrival_time_calendar", mode="before")
    @classmethod
    def _periods(cls, value: Any) -> Any:
        """Newer files have a calendar, older ones its periods."""
        return value.get("time_periods", value) if isinstance(value, dict) else value


NOT_CARRIED = (
    "batch_processing",
    "branch_rules",
    "case_attributes",
    "event_attributes",
    "global_attributes",
    "granule_size",
    "multitask",
    "prioritisation_rules",
)


def read_parameters(path: Path) -> Parameters:
    """The parameters in a file; raises `ModelError` naming the field, or a section without counterpart."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ModelError(
            zh=f"{path.name}：无法打开文件。", en=f"{path.name}: cannot be opened ({error.strerror})."
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ModelError(
            zh=f"{path.name}：不是有效的 JSON（{error}）。", en=f"{path.name}: not valid JSON ({error})."
        ) from error
    if isinstance(document, dict):
        document = _without_empty_sections(document, path.name)
    try:
        parameters = Parameters.model_validate(document)
    except ValidationError as error:
        text = complaint(error, path.name, "parameters")
        raise ModelError(zh=text.zh, en=text.en) from error
    if parameters.model_type.upper() == "FUZZY":
        raise _no_counterpart(path.name, "model_type: FUZZY")
    return parameters


def _without_empty_sections(document: dict[str, Any], file: str) -> dict[str, Any]:
    for section in NOT_CARRIED:
        if document.get(section):
            raise _no_counterpart(file, section)
    return {key: value for key, value in document.items() if key not in NOT_CARRIED}


def _no_counterpart(file: str, section: str) -> ModelError:
    return ModelError(
        zh=f"{file}：{section} 在本模型中没有对应，无法转换。",
        en=f"{file}: {section} has no counterpart in our model and cannot be carried over.",
    )
