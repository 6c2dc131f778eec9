"""Official step lists: the steps a service says an application goes through, as a file a person can edit.

    name: {zh: 企业开办, en: Starting a business}
    source: Notice 12 of 2025               # where it is published (optional)
    steps_may_repeat_after_return: true     # the default
    steps:
      - 名称核准                             # a step
      - {optional: 公示}                     # may be left out
      - {parallel: [刻章备案, 税种核定]}      # all of them, in any order
      - {choice: [窗口领照, 邮寄领照]}        # one of them
      - {repeat: 现场核查}                   # once or several times
      - {sequence: [社保登记, 公积金开户]}    # a part in order, e.g. within a parallel group

Parts hold steps or other parts. A step that is repeated because something was returned for correction is no
deviation unless the list says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from mining.conformance.net import Net, NetBuilder
from mining.data_files import own_file
from mining.errors import OnewindowError
from mining.text import Text


class StepListError(OnewindowError):
    """A step list or a flow diagram that cannot be read, or makes no sense."""


class Part(BaseModel):
    """One entry of a list: exactly one of its fields is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Annotated[str, Field(min_length=1)] | None = None
    sequence: Annotated[tuple[Entry, ...], Field(min_length=1)] | None = None
    parallel: Annotated[tuple[Entry, ...], Field(min_length=2)] | None = None
    choice: Annotated[tuple[Entry, ...], Field(min_length=2)] | None = None
    optional: Entry | None = None
    repeat: Entry | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Part:
        if len(self.model_fields_set) != 1:
            kinds = ", ".join(type(self).model_fields)
            raise ValueError(f"needs exactly one of {kinds}, found {len(self.model_fields_set)}")
        return self


def _step_of_text(value: Any) -> Any:
    if isinstance(value, str):
        return {"step": value.strip()}
    return {"sequence": value} if isinstance(value, list) else value


Entry = Annotated[Part, BeforeValidator(_step_of_text)]
Part.model_rebuild()


class StepList(BaseModel):
    """An official list of steps; see the module for the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    source: str | None = None
    steps_may_repeat_after_return: bool = True
    steps: Annotated[tuple[Entry, ...], Field(min_length=1)]

    @property
    def names(self) -> list[str]:
        """The steps in the order of the list."""
        return [name for part in self.steps for name in _names(part)]

    @model_validator(mode="after")
    def _steps_once(self) -> StepList:
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"step {twice[0]!r} is listed more than once; use repeat")
        return self


def read_step_list(path: Path) -> StepList:
    """The step list in a YAML file; raises `StepListError` or `OnewindowError` naming the field."""
    document = own_file(path, Text(zh="步骤清单文件", en="the file of official steps"))
    try:
        return StepList.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "steps"
        raise StepListError(
            zh=f"{path.name}：字段 {field} 有误：{first['msg']}；应有 name 与 steps，"
            "步骤为文字，或 optional、parallel、choice、repeat、sequence 之一。",
            en=f"{path.name}: field {field}: {first['msg']}; name and steps are needed, an entry is a step "
            "or one of optional, parallel, choice, repeat, sequence.",
        ) from error


def net_of_steps(steps: StepList) -> Net:
    """The list as a net."""
    builder = NetBuilder()
    start, end = builder.place(), builder.place()
    _add(builder, Part(sequence=steps.steps), start, end)
    return builder.build(start, end)


def _names(part: Part) -> list[str]:
    if part.step is not None:
        return [part.step]
    inner = part.sequence or part.parallel or part.choice or ()
    single = part.optional or part.repeat
    return [name for each in (*inner, *((single,) if single else ())) for name in _names(each)]


def _add(net: NetBuilder, part: Part, begin: int, end: int) -> None:
    """The part between two places."""
    if part.step is not None:
        net.add(part.step, [begin], [end])
    elif part.sequence is not None:
        places = [begin, *(net.place() for _ in part.sequence[1:]), end]
        for each, first, last in zip(part.sequence, places, places[1:], strict=False):
            _add(net, each, first, last)
    elif part.choice is not None:
        for each in part.choice:
            _add(net, each, begin, end)
    elif part.parallel is not None:
        begins, ends = [net.place() for _ in part.parallel], [net.place() for _ in part.parallel]
        net.add(None, [begin], begins)
        for each, first, last in zip(part.parallel, begins, ends, strict=True):
            _add(net, each, first, last)
        net.add(None, ends, [end])
    elif part.optional is not None:
        _add(net, part.optional, begin, end)
        net.add(None, [begin], [end])
    elif part.repeat is not None:
        first, last = net.place(), net.place()
        net.add(None, [begin], [first])
        _add(net, part.repeat, first, last)
        net.add(None, [last], [first])
        net.add(None, [last], [end])
