"""What a reader must know before believing the figures of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.text import Text

if TYPE_CHECKING:
    from simulation.comparison import Comparison
    from simulation.experiment import Experiment

NOTED_UNFINISHED_SHARE = 0.01
NOTED_WITHOUT_SLOT = 0.01  # of the measured cases
FEW_REPLICATIONS = 5
NOTED_DELAY_MINUTES = 1.0
START_TIMES = "start_times"  # the path calibration gives this assumption
CYCLE = "cycle_time_working_days_p90"
WAITS = ("wait_minutes_mean", "wait_minutes_p90")
ABANDONMENT = "abandonment_share"


def cautions_about(experiment: Experiment) -> list[Text]:
    """What limits these figures: unfinished cases, slots that fall behind, a short warm-up, few runs,
    unexplained delays, assumed starts, time that utilisation does not know; empty where all is well."""
    looked_at = (
        _unfinished(experiment),
        _slots_fall_behind(experiment),
        _short_warm_up(experiment),
        _few_replications(experiment),
        _delays_outside_the_wait(experiment),
        _assumed_starts(experiment),
        _time_kept_for_help(experiment),
        _time_out_of_order(experiment),
    )
    return [caution for caution in looked_at if caution is not None]


def cautions_about_comparison(comparison: Comparison) -> list[Text]:
    """What limits the differences beside what limits each side; empty where all is well."""
    less_patient = _less_patient(comparison)
    return [] if less_patient is None else [less_patient]


def _less_patient(comparison: Comparison) -> Text | None:
    """Waits fall while more people give up: who leaves waits no longer, which is no better service."""
    by_name = {each.name: each for each in comparison.kpis}
    if not any(by_name[name].difference < 0 for name in WAITS if name in by_name):
        return None
    if ABANDONMENT not in by_name:
        return _giving_up_begins(comparison)
    given_up = by_name[ABANDONMENT]
    if given_up.ci_low <= 0:
        return None
    return Text(
        zh=f"等待变短，同时弃号率由 {given_up.before:.1%} 升至 {given_up.after:.1%}（区间不含 0）："
        "等待只计办理了的人，弃号的人越多，等待看上去越短；这样的等待不能单独算改进。",
        en=f"Waits fall while abandoned tickets rise from {given_up.before:.1%} to {given_up.after:.1%} "
        "(the interval leaves 0 out). Waits are of people who were served: the more give up, the shorter "
        "they look. Such waits alone are no improvement.",
    )


def _giving_up_begins(comparison: Comparison) -> Text | None:
    """Only the hall afterwards tells of people who give up: nothing shows how many did before."""
    after = [r.kpis[ABANDONMENT] for r in comparison.after.replications if ABANDONMENT in r.kpis]
    before = any(ABANDONMENT in r.kpis for r in comparison.before.replications)
    if before or not after or np.mean(after) == 0:
        return None
    share = float(np.mean(after))
    return Text(
        zh=f"等待变短，但只有改后的大厅有人弃号（{share:.1%}）：等待只计办理了的人，"
        "弃号的人越多，等待看上去越短；这样的等待不能单独算改进。",
        en=f"Waits fall, but only in the hall afterwards do people give up ({share:.1%} of the tickets). "
        "Waits are of people who were served: the more give up, the shorter they look. Such waits alone are "
        "no improvement.",
    )


def unfinished_share(experiment: Experiment) -> float:
    """Share of the measured cases that were still inside when their run ended, 0 to 1."""
    return experiment.unfinished / experiment.cases if experiment.cases else 0.0


def has_many_unfinished(experiment: Experiment) -> bool:
    """Whether so many cases are unfinished that cycle times are visibly too low."""
    return unfinished_share(experiment) > NOTED_UNFINISHED_SHARE


def _unfinished(experiment: Experiment) -> Text | None:
    if not has_many_unfinished(experiment):
        return None
    share, days = unfinished_share(experiment), experiment.settings.drain_days
    return Text(
        zh=f"统计日之后再过 {days} 个工作日仍有 {share:.1%} 的办件未办结，未计入办结用时，办结用时因此偏低。",
        en=f"{share:.1%} of the cases were unfinished {days} working days after the measured ones; they are "
        "not in the cycle times, which are too low.",
    )


def _slots_fall_behind(experiment: Experiment) -> Text | None:
    """Fewer slots than people who want them: the days until the slot grow, and no figure has them."""
    total = experiment.incidents.get("no_slot", 0)
    if total <= NOTED_WITHOUT_SLOT * experiment.cases:
        return None
    without = total / experiment.settings.replications
    return Text(
        zh=f"预约名额少于想预约的人：每次仿真有 {without:.0f} 人排不到时段，排到的也越约越远。等待与办结用时"
        "不含从想来到时段的日子，办结量偏低：与不预约的方案相比，这样的等待不能算改进。",
        en=f"There are fewer slots than people who want one: {without:.0f} a run found none, and the others "
        "were put off further and further. Waits and cycle times do not hold the days until the slot, and "
        "throughput is too low: beside a hall without appointments such waits are no improvement.",
    )


def _few_replications(experiment: Experiment) -> Text | None:
    n = experiment.settings.replications
    if n >= FEW_REPLICATIONS:
        return None
    return Text(
        zh=f"只有 {n} 次重复仿真，区间很粗，可能超出指标本身的取值范围；至少 {FEW_REPLICATIONS} 次为宜。",
        en=f"Only {n} replications: the intervals are rough and may reach past what a figure can be; take "
        f"{FEW_REPLICATIONS} or more.",
    )


def _delays_outside_the_wait(experiment: Experiment) -> Text | None:
    delayed = [
        step
        for step in experiment.model.steps
        if not step.silent and step.delay_before.mean_minutes >= NOTED_DELAY_MINUTES
    ]
    if not delayed:
        return None
    return Text(
        zh=f"等待只计排队：{len(delayed)} 个环节之前另有排队与人手无法解释的延迟"
        "（申请人、邮递、其他单位等），计入办结用时而不计入等待，改动窗口不会改变它。",
        en=f"Waits count queues only. Before {len(delayed)} steps there are delays that no queue explains "
        "(the applicant, the post, another agency): they are in the cycle time, not in the wait, and "
        "counters do not change them.",
    )


def _assumed_starts(experiment: Experiment) -> Text | None:
    if START_TIMES not in experiment.model.assumptions:
        return None
    return Text(
        zh="日志只有结束时间，开始时间为推定：等待与利用率只说明推定，不说明大厅；办结用时可用。",
        en="The log had end times only and starts are assumed: waits and utilisation tell about that "
        "assumption, not about the hall; cycle times can be used.",
    )


def _time_kept_for_help(experiment: Experiment) -> Text | None:
    """Machines kept for help are in no event of a log, of which utilisation is a measure."""
    steps = experiment.model.steps
    if not any(step.stuck and step.stuck.keeps_machine for step in steps if not step.silent):
        return None
    return Text(
        zh="利用率不含机器停下等人帮助的时间。",
        en="Utilisation does not hold the time machines are kept waiting for help.",
    )


def _time_out_of_order(experiment: Experiment) -> Text | None:
    if all(member.failure is None for member in experiment.model.members):
        return None
    return Text(
        zh="机器的故障时间未从开放时间中扣除：其利用率低于可用时间内的利用率。",
        en="Time out of order is not taken off the open time of a machine: its utilisation is lower than "
        "that of the time it worked.",
    )


def _short_warm_up(experiment: Experiment) -> Text | None:
    values = [r.kpis[CYCLE] for r in experiment.replications if CYCLE in r.kpis]
    warm_up = experiment.settings.warm_up_days
    if not values or np.mean(values) <= warm_up:
        return None
    p90 = float(np.mean(values))
    return Text(
        zh=f"预热 {warm_up} 个工作日短于九成办件的办结用时（{p90:.1f} 个工作日）：统计开始时大厅尚未填满，"
        "办结量、利用率与等待偏低。",
        en=f"The warm-up of {warm_up} working days is shorter than the cycle time of nine cases in ten "
        f"({p90:.1f} working days): the hall was still filling; throughput, utilisation and waits are too "
        "low.",
    )
