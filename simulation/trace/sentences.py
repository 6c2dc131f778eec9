"""The sentences of traces, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mining.text import Text, same
from mining.working_time import MS_PER_HOUR, MS_PER_MINUTE

LONG_MINUTES, LONG_HOURS = 90, 48
SHOWN = 3  # names in a sentence; the rest is counted
NO_STEP = same("")

_PARTS: dict[str, Text] = {
    "busy": Text(zh="人员都在忙", en="everybody busy"),
    "down": Text(zh="设备故障", en="machine out of order"),
    "lunch": Text(zh="午休", en="lunch break"),
    "closed": Text(zh="未上班", en="nobody on duty"),
    "overnight": Text(zh="闭厅", en="hall closed"),
    "gate": Text(zh="等批次", en="waiting for the batch"),
    "nobody": Text(zh="原因不明", en="unexplained"),
}
_STATES: dict[str, Text] = {
    "serving": Text(zh="在办理", en="busy"),
    "past_closing": Text(zh="在办理", en="busy"),
    "resting": Text(zh="不在岗", en="off duty"),
    "repairing": Text(zh="在维修", en="repairing"),
    "down": Text(zh="故障", en="out of order"),
    "held": Text(zh="被占用待协助", en="held for somebody at help"),
    "idle": Text(zh="空闲", en="free"),
    "unrecorded": Text(zh="无记录", en="without record"),
    "lunch": Text(zh="午休", en="at lunch"),
    "closed": Text(zh="不在岗", en="off duty"),
}
_OUTCOMES = (
    Text(zh="通过", en="passed"),
    Text(zh="补正", en="returned for correction"),
    Text(zh="退回", en="rejected"),
    Text(zh="弃号", en="gave up"),
    Text(zh="卡住，需要协助", en="stuck, needs help"),
)


def joined(texts: Sequence[Text], zh: str = "；", en: str = "; ") -> Text:
    """Several texts as one."""
    return Text(zh=zh.join(text.zh for text in texts), en=en.join(text.en for text in texts))


def sentence(texts: Sequence[Text]) -> Text:
    """Several texts as one sentence."""
    text = joined(texts)
    return Text(zh=text.zh + "。", en=text.en[:1].upper() + text.en[1:] + ".")


def names(shown: Sequence[str]) -> Text:
    """Names in a row, the first `SHOWN` of them and how many more."""
    more = len(shown) - SHOWN
    zh, en = "、".join(shown[:SHOWN]), ", ".join(shown[:SHOWN])
    return Text(zh=f"{zh} 等", en=f"{en} and {more} more") if more > 0 else Text(zh=zh, en=en)


def length(ms: int) -> Text:
    """A length of elapsed time in the unit that reads best."""
    if ms < MS_PER_MINUTE:
        n = f"{ms / 1000:.0f}"
        return Text(zh=f"{n} 秒", en=f"{n} s")
    if ms < LONG_MINUTES * MS_PER_MINUTE:
        n = f"{ms / MS_PER_MINUTE:.1f}"
        return Text(zh=f"{n} 分钟", en=f"{n} min")
    if ms < LONG_HOURS * MS_PER_HOUR:
        n = f"{ms / MS_PER_HOUR:.1f}"
        return Text(zh=f"{n} 小时", en=f"{n} h")
    n = f"{ms / (24 * MS_PER_HOUR):.1f}"
    return Text(zh=f"{n} 天", en=f"{n} days")


def counter_sentence(state: str, cases: Sequence[str], step: Text | None, ms: int) -> Text:
    """What a member did in one stretch of a day."""
    took = length(ms)
    if step is None:
        what = _OF_COUNTER[state]
        return Text(zh=f"{what.zh} {took.zh}", en=f"{what.en} for {took.en}")
    who, how = names(cases), _OF_COUNTER[state]
    return Text(zh=f"{how.zh} {who.zh} 的{step.zh}，{took.zh}", en=f"{how.en} {who.en}: {step.en}, {took.en}")


_OF_COUNTER: dict[str, Text] = {
    "serving": Text(zh="办理", en="serves"),
    "past_closing": Text(zh="下班或午休时间继续办完", en="finishes in the break or after hours"),
    "resting": Text(zh="下班或午休，搁置", en="is away; on the desk lies"),
    "repairing": Text(zh="维修设备", en="repairs a machine"),
    "down": Text(zh="故障停用", en="out of order"),
    "held": Text(zh="占用，等待协助", en="is held for help to"),
    "idle": Text(zh="空闲", en="free"),
    "unrecorded": Text(
        zh="无记录（空闲，或在办、故障至仿真结束未完）",
        en="no record (free, or at work or out of order and not over when the run ended)",
    ),
    "lunch": Text(zh="午休", en="lunch"),
    "closed": Text(zh="不在岗", en="off duty"),
}


def causes(parts: Mapping[str, int]) -> Text:
    """Why it waited: cause and length, the longest first."""
    ranked = sorted(parts.items(), key=lambda item: -item[1])
    told = [(_PARTS[name], length(ms)) for name, ms in ranked]
    return joined([Text(zh=f"{c.zh} {n.zh}", en=f"{c.en} {n.en}") for c, n in told], "，", ", ")


def staff(states: Sequence[str]) -> Text:
    """How many members were in which state."""
    counts: dict[Text, int] = {}
    for state in states:
        counts[_STATES[state]] = counts.get(_STATES[state], 0) + 1
    return joined([Text(zh=f"{s.zh} {n}", en=f"{n} {s.en}") for s, n in counts.items()], "、", ", ")


def takes_ticket(step: Text, ahead: Sequence[str], members: Text | None, overtook: Sequence[str]) -> Text:
    """The applicant takes a ticket: who is ahead, what the staff does."""
    who = names(ahead)
    zh = f"取号“{step.zh}”，" + (f"前面 {len(ahead)} 人（{who.zh}）" if ahead else "前面没有人")
    en = f"takes a ticket for {step.en}; " + (f"{len(ahead)} ahead ({who.en})" if ahead else "nobody ahead")
    if members is not None:
        zh, en = f"{zh}；窗口：{members.zh}", f"{en}; staff: {members.en}"
    if overtook:
        later = names(overtook)
        zh, en = (
            f"{zh}；{len(overtook)} 人后到先办（{later.zh}）",
            f"{en}; {len(overtook)} came later, called first ({later.en})",
        )
    return Text(zh=zh, en=en)


def waited(ms: int, why: Text) -> Text:
    """How long and why."""
    took = length(ms)
    return Text(zh=f"等了 {took.zh}：{why.zh}", en=f"waits {took.en}: {why.en}")


def served(step: Text, by: str | None, parts: Mapping[str, int], together: int, *, called: bool) -> Text:
    """Called to a counter, or at a machine: by whom, how long, of which checking."""
    total, check, stopped = length(sum(parts.values())), parts.get("check", 0), parts.get("stopped", 0)
    zh, en = f"办理“{step.zh}” {total.zh}", f"{step.en}, {total.en}"
    if by is not None and called:
        zh, en = f"{by} 叫号，{zh}", f"called by {by}: {en}"
    elif by is not None:
        zh, en = f"在 {by} {zh}", f"at {by}: {en}"
    if check:
        own, n = length(parts.get("own", 0)), length(check)
        zh, en = f"{zh}（本身 {own.zh}，核对材料 {n.zh}）", f"{en} (own {own.en}, checking documents {n.en})"
    if stopped:
        n = length(stopped)
        zh, en = f"{zh}，其中设备故障停顿 {n.zh}", f"{en}, {n.en} of it stopped by a breakdown"
    if together:
        zh, en = f"{zh}，与另外 {together} 件一并办理", f"{en}, together with {together} others"
    return Text(zh=zh, en=en)


def worked(step: Text, by: str | None, work: int, rest: int) -> Text:
    """A paper was worked on."""
    did, lay = length(work), length(rest)
    zh = f"{by}办理“{step.zh}”，{did.zh}" if by else f"“{step.zh}” {did.zh}"
    en = f"{by} works on {step.en} for {did.en}" if by else f"{step.en}: {did.en}"
    if rest:
        zh, en = (
            f"{zh}，另搁置 {lay.zh}（午休、夜间、周末）",
            f"{en}, and at rest for {lay.en} (breaks, nights, weekends)",
        )
    return Text(zh=zh, en=en)


def documents(handed: Sequence[str], fetched: Sequence[str]) -> Text | None:
    """What was handed in and what was fetched."""
    told = []
    if handed:
        told.append(
            Text(
                zh=f"提交 {len(handed)} 份：{'、'.join(handed)}",
                en=f"hands in {len(handed)}: {', '.join(handed)}",
            )
        )
    if fetched:
        told.append(
            Text(
                zh=f"调取 {len(fetched)} 份：{'、'.join(fetched)}",
                en=f"fetched {len(fetched)}: {', '.join(fetched)}",
            )
        )
    return joined(told) if told else None


def outcome(code: int, at_fault: Sequence[str], *, decides: bool) -> Text:
    """How a visit ended, and why it was returned."""
    if code == 0 and not decides:
        return Text(zh="办完", en="done")
    told = _OUTCOMES[code]
    if code != 1:
        return told
    if at_fault:
        which = names(at_fault)
        return Text(zh=f"补正：{which.zh}有误", en=f"returned for correction: {which.en} at fault")
    return Text(zh="补正：材料之外的原因", en="returned for correction: for a reason other than documents")


def stuck(then: str) -> Text:
    """Somebody got stuck and goes to get help."""
    return Text(zh=f"卡住，需要“{then}”", en=f"gets stuck and needs {then}")


def paper_joins(step: Text, ahead: int, pool: str) -> Text:
    """A paper joins the queue of an office."""
    return Text(
        zh=f"“{step.zh}”在 {pool} 排队，前面 {ahead} 件",
        en=f"{step.en} joins the queue of {pool}; {ahead} ahead",
    )


def plain(kind: str, step: Text) -> Text:
    """A stretch that needs no figures."""
    told = _PLAIN[kind]
    return Text(zh=told.zh.format(step=step.zh), en=told.en.format(step=step.en))


_PLAIN: dict[str, Text] = {
    "door": Text(
        zh="来到大厅，等候取号或预约时段",
        en="comes to the hall and waits for tickets to be given out or for the slot",
    ),
    "another_day": Text(
        zh="来晚了，当日不再发号，改日再来", en="comes too late for a ticket and has to come another day"
    ),
    "at_once": Text(zh="取号即叫", en="takes a ticket and is called at once"),
    "wait_goes_on": Text(zh="继续等候“{step}”，保留原号位", en="waits on for {step}, the place kept"),
    "overnight": Text(
        zh="闭厅时仍未轮到，持号回家，次日再来",
        en="not called before closing: goes home with the ticket, comes again next morning",
    ),
    "corrects": Text(
        zh="回去更正“{step}”的材料，再来大厅", en="corrects the papers for {step} and comes back"
    ),
    "moves": Text(zh="前往“{step}”的窗口", en="goes to the counter of {step}"),
    "comes_back": Text(
        zh="从外面来办“{step}”：路上，及等到再次发号",
        en="comes to the hall for {step}: the way, and until tickets are given out",
    ),
    "again_after_giving_up": Text(
        zh="弃号之后，改日再来办“{step}”", en="after giving up, comes back another day for {step}"
    ),
    "help": Text(zh="卡住之后，等待“{step}”", en="stuck, waits for {step}"),
    "fetch": Text(zh="办理“{step}”之前：调取共享材料", en="before {step}: shared documents are fetched"),
    "delay": Text(
        zh="“{step}”之前的等候（邮递、其他单位等，无人在办）",
        en="before {step}: a delay (post, another agency; nobody here works on it)",
    ),
    "gate": Text(zh="“{step}”等待成批", en="{step} waits for its batch"),
    "opens": Text(zh="“{step}”等待上班", en="{step} waits until the office opens"),
    "pause": Text(
        zh="无人在办：流程规定的等候，或整段重办前的更正",
        en="nobody works on it: a wait laid down in the flow, or a correction before a block is done again",
    ),
    "gave_up": Text(zh="等得太久，弃号离开“{step}”", en="waited too long and gives up on {step}"),
    "finished": Text(zh="办结", en="finished"),
    "rejected": Text(zh="退回，办件终止", en="rejected; the case ends"),
    "left": Text(zh="不再办理，办件终止", en="gave up for good; the case ends"),
    "unfinished": Text(
        zh="仿真结束时尚未办结；未办完的环节没有记录",
        en="still inside when the run ended; a step under way has no record",
    ),
}


def papers(steps: Sequence[Text], *, at_home: bool) -> Text:
    """What the back office does while the applicant is elsewhere."""
    what = joined(steps, "、", ", ")
    zh, en = ("不在大厅，" if at_home else ""), ("not in the hall; " if at_home else "")
    return Text(zh=f"{zh}进行中：{what.zh}", en=f"{en}under way: {what.en}")
