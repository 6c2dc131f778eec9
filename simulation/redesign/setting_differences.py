"""Settings by which two models of a hall differ, told before and after."""

from __future__ import annotations

from collections.abc import Iterator

from mining.text import Text
from simulation.redesign.setting_words import in_words
from simulation.service_model import Block, Parallel, Part, ServiceModel, children, leaves

TOLD: dict[str, dict[str, Text]] = {
    "arrivals": {
        "priority": Text(zh="优先级", en="priority"),
        "patience": Text(zh="耐心", en="patience"),
        "appointments": Text(zh="预约", en="appointments"),
    },
    "steps": {
        "priority": Text(zh="优先级", en="priority"),
        "batch": Text(zh="攒批", en="batch"),
        "stuck": Text(zh="自己办不成", en="getting stuck"),
        "stops_clock": Text(zh="时限停表", en="stopping the clock of the limits"),
    },
    "members": {"failure": Text(zh="故障", en="failure")},
}
"""Settings of the named parts of a model that are told in words."""
TOLD_OF_VISITS = {"walk": Text(zh="窗口之间步行", en="walk between counters")}


def setting_differences(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    """Patience, appointments, priorities, batches, helpers, failures, walks, rework, limits that differ."""
    for where, settings in TOLD.items():
        old = {part.name: part for part in getattr(before, where)}
        for part in getattr(after, where):
            if part.name in old and not getattr(part, "silent", False):
                yield from _of_part(Text(zh=f"“{part.name}”", en=part.name), settings, old[part.name], part)
    visits = Text(zh="到场", en="Visits")
    yield from _of_part(visits, TOLD_OF_VISITS, before.visits, after.visits)
    yield from _rework(before, after)
    hall = Text(zh="大厅", en="The hall")
    yield from _of_part(hall, {"limits": Text(zh="时限", en="time limits")}, before, after)


def _of_part(whose: Text, settings: dict[str, Text], old: Part, new: Part) -> Iterator[Text]:
    for field, name in settings.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield _sentence(whose, name, was, now)


def _sentence(whose: Text, name: Text, was: object, now: object) -> Text:
    old, new = in_words(was), in_words(now)
    if old == new and isinstance(was, Part) and isinstance(now, Part):
        # what the words leave out, by its field
        fields = ", ".join(f for f in type(now).model_fields if getattr(was, f, None) != getattr(now, f))
        return Text(
            zh=f"{whose.zh}的{name.zh}有变（{fields}）。", en=f"{whose.en}, {name.en}: {fields} changed."
        )
    return Text(
        zh=f"{whose.zh}的{name.zh}：原为{old.zh}；现为{new.zh}。",
        en=f"{whose.en}, {name.en}: was {old.en}; now {new.en}.",
    )


def _rework(before: ServiceModel, after: ServiceModel) -> Iterator[Text]:
    """How returns in a parallel block are corrected; a new block is told where it is not the usual way."""
    old = dict(_rework_of_blocks(before.flow))
    for steps, rework in _rework_of_blocks(after.flow):
        was = old.get(steps, "alone")
        if was != rework:
            whose = Text(zh=f"并联块（{' ‖ '.join(steps)}）", en=f"Parallel {' || '.join(steps)}")
            yield _sentence(whose, Text(zh="补正", en="returns corrected"), was, rework)


def _rework_of_blocks(block: Block) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each parallel block, known by the steps in it, and its `rework`."""
    if isinstance(block, Parallel):
        yield tuple(dict.fromkeys(leaves(block))), block.rework
    for child in children(block):
        yield from _rework_of_blocks(child)
