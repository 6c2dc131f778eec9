"""The model a log is held against, from a file: a BPMN diagram or an official step list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mining.conformance.net import Net
from mining.conformance.step_list import StepListError, net_of_steps, read_step_list
from mining.process_map import net_of_bpmn

BPMN_ENDINGS = (".bpmn", ".xml")
LIST_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class OfficialModel:
    """A net, where it came from, and whether a step repeated because of a return is allowed."""

    name: str
    net: Net
    may_repeat_after_return: bool


def read_official_model(path: Path) -> OfficialModel:
    """A step list (.yaml) or a BPMN diagram (.bpmn, .xml); raises `OnewindowError` saying what is wrong.

    A diagram draws its own loops, so a repeated step is allowed there only where it says so.
    """
    ending = path.suffix.lower()
    if ending in LIST_ENDINGS:
        steps = read_step_list(path)
        return OfficialModel(path.name, net_of_steps(steps), steps.steps_may_repeat_after_return)
    if ending not in BPMN_ENDINGS:
        allowed = " ".join((*BPMN_ENDINGS, *LIST_ENDINGS))
        raise StepListError(
            zh=f"{path.name}：不支持的模型格式 {ending or '（无扩展名）'}，可用：{allowed}。",
            en=f"{path.name}: unknown model format {ending or '(no extension)'}; allowed: {allowed}.",
        )
    try:
        xml = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StepListError(
            zh=f"{path}：无法读取（{error}）。", en=f"{path}: cannot be read ({error})."
        ) from error
    return OfficialModel(path.name, net_of_bpmn(xml, path.name), may_repeat_after_return=False)
