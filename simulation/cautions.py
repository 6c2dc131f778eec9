"""What a reader must know before believing the figures of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mining.text import Text

if TYPE_CHECKING:
    from simulation.experiment import Experiment

NOTED_UNFINISHED_SHARE = 0.01
CYCLE = "cycle_time_working_days_p90"


def cautions_about(experiment: Experiment) -> list[Text]:
    """Cases left unfinished, and a warm-up too short for the hall to fill; empty where all is well."""
    return [
        caution for caution in (_unfinished(experiment), _short_warm_up(experiment)) if caution is not None
    ]


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
