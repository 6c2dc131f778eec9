"""What a reader of a conformance check must know, in sentences."""

from __future__ import annotations

from mining.conformance.check import MAX_VARIANTS, Conformance
from mining.text import Text


def conformance_notes(found: Conformance) -> tuple[Text, ...]:
    """Names without a match, allowed repetitions, approximate searches, cases not checked."""
    notes = []
    if found.match.unmatched:
        names = [f"{name} ({n})" for name, n in found.match.unmatched[:10]]
        more = len(found.match.unmatched) - len(names)
        notes.append(
            Text(
                zh=f"日志中有 {len(found.match.unmatched)} 个环节不在模型中，按多余计："
                + "、".join(names)
                + (" 等" if more else ""),
                en=f"{len(found.match.unmatched)} steps of the log are not in the model and count as "
                "inserted: " + ", ".join(names) + (f" and {more} more" if more else ""),
            )
        )
    if found.match.never_done:
        names = list(found.match.never_done)
        notes.append(
            Text(
                zh=f"模型中有 {len(names)} 个环节日志里从未出现：" + "、".join(names),
                en=f"{len(names)} steps of the model never occur in the log: " + ", ".join(names),
            )
        )
    if found.repeats_after_return:
        notes.append(
            Text(
                zh=f"补正之后重做的 {found.repeats_after_return} 个事件不算偏差。",
                en=f"{found.repeats_after_return} events repeat a step after a return for correction: no "
                "deviation.",
            )
        )
    if found.aligned_narrowly:
        notes.append(
            Text(
                zh=f"{found.aligned_narrowly} 条路径过于复杂，只作了近似比对，偏差可能偏多。",
                en=f"{found.aligned_narrowly} variants were too involved for an exact search; theirs is "
                "approximate and may count too many deviations.",
            )
        )
    if found.cases_not_checked:
        notes.append(
            Text(
                zh=f"只检查最常见的 {MAX_VARIANTS} 条路径，{found.cases_not_checked} 件未检查。",
                en=f"Only the {MAX_VARIANTS} most frequent variants are checked; {found.cases_not_checked} "
                "cases are not.",
            )
        )
    return tuple(notes)
