"""Single levers on sample service B beside what a simpler simulation of the same service found.

The reference: 15 counters, the same four steps, 10 seeds of 60 days, paired by seed; the change of the mean
wait and its 95 % half-width. Sign and order are to be the same here. The size need not be: that hall knew no
documents, no officers of different speed and no tickets held over night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from mining.text import Text
from mining.working_time import WorkingCalendar
from simulation.comparison import Comparison, compare
from simulation.experiment import Experiment, run_experiment
from simulation.redesign import OneWindow
from simulation.redesign.lever import changed, rebuilt, with_steps
from simulation.service_model import (
    Appointments,
    Arrivals,
    AskedMaterial,
    Lognormal,
    Member,
    ServiceModel,
    Step,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TAX_STEP, TAX_POOL = "核税缴税", "税务窗口"
REPLICATIONS, DAYS, WARM_UP_DAYS, SEED = 10, 60, 20, 1
WAIT, VISITS = "wait_minutes_mean", "visits_per_journey_mean"


@dataclass(frozen=True)
class Reference:
    """What the simpler simulation found: change of the mean wait in minutes and its half-width, and of the
    visits of a journey where it told."""

    wait_minutes: float
    half_width: float
    visits: float | None = None


@dataclass(frozen=True)
class Lever:
    """One change to service B; without reference where it explains another."""

    key: str
    name: Text
    reference: Reference | None
    change: Callable[[ServiceModel], ServiceModel]


@dataclass(frozen=True)
class LeverEffect:
    """A lever, and service B before and after it in pairs of runs."""

    lever: Lever
    comparison: Comparison


def measure_levers(
    model: ServiceModel,
    levers: Iterable[Lever],
    *,
    engine: str,
    replications: int = REPLICATIONS,
    executor: Executor | None = None,
) -> list[LeverEffect]:
    """The effect of each lever alone, all against the same runs of `model`."""

    def run(changed_model: ServiceModel) -> Experiment:
        return run_experiment(
            changed_model,
            replications,
            days=DAYS,
            warm_up_days=WARM_UP_DAYS,
            seed=SEED,
            engine=engine,
            executor=executor,
        )

    before = run(model)
    return [LeverEffect(lever, compare(before, run(lever.change(model)))) for lever in levers]


# --- the hall over lunch --------------------------------------------------------------------------------


def _open_over_lunch(model: ServiceModel) -> ServiceModel:
    """Everybody at a counter works through: an hour more a day for each."""
    return _with_hall_open(model, {member.name: ("09:00-17:00",) for member in model.members})


def _lunch_in_turn(model: ServiceModel) -> ServiceModel:
    """The hall stays open, and of the members of each pool every other one has lunch at 11:30, the others at
    12:30: as many hours as before."""
    in_pool: dict[str, int] = defaultdict(int)
    hours: dict[str, tuple[str, ...]] = {}
    for member in model.members:
        number = in_pool[member.serves[0]]
        in_pool[member.serves[0]] += 1
        early, late = ("09:00-11:30", "12:30-17:00"), ("09:00-12:30", "13:30-17:00")
        hours[member.name] = late if number % 2 else early
    return _with_hall_open(model, hours)


def _with_hall_open(model: ServiceModel, hours: dict[str, tuple[str, ...]]) -> ServiceModel:
    """The hall open 9 to 17, members as in `hours`; arrivals and the back office keep their calendar."""
    usual = model.calendars[model.visits.calendar]
    made = {periods: _calendar(usual, periods) for periods in {("09:00-17:00",), *hours.values()}}
    names = {periods: " ".join(periods) for periods in made}
    return rebuilt(
        model,
        calendars={**model.calendars, **{names[periods]: each for periods, each in made.items()}},
        visits=changed(model.visits, calendar=names["09:00-17:00",]),
        members=tuple(changed(member, calendar=names[hours[member.name]]) for member in model.members),
    )


def _calendar(usual: WorkingCalendar, periods: tuple[str, ...]) -> WorkingCalendar:
    """The days of a calendar with other hours."""
    return WorkingCalendar.model_validate({**dict(usual), "weekly": dict.fromkeys(WEEKDAYS, periods)})


# --- people, papers, pace, staff --------------------------------------------------------------------------


def _half_booked(model: ServiceModel) -> ServiceModel:
    """Half of the people book slots of half an hour, three in each; one in ten does not come and comes
    another day without a slot. Booked people who are in time go first."""
    booking = Appointments(
        share=0.5, slot_minutes=30, per_slot=3, no_show_chance=0.1, no_show_comes_later=1.0
    )
    return rebuilt(model, arrivals=tuple(changed(each, appointments=booking) for each in model.arrivals))


def _half_of_all_trips_spread(model: ServiceModel) -> ServiceModel:
    """Half of all trips, the first and the later ones, spread evenly over the ticket hours: what bookings
    would do if they were for every trip."""

    def spread(arrivals: Arrivals) -> Arrivals:
        weights, last = arrivals.half_hour_weights, max(arrivals.half_hour_weights)
        open_half_hours = {begin: 0.5 if begin == last else 1.0 for begin in weights}  # tickets end at 16:45
        mixed = {
            begin: 0.5 * weight / sum(weights.values())
            + 0.5 * open_half_hours[begin] / sum(open_half_hours.values())
            for begin, weight in weights.items()
        }
        return changed(arrivals, half_hour_weights=mixed)

    return rebuilt(model, arrivals=tuple(spread(each) for each in model.arrivals))


def _half_the_returns(model: ServiceModel) -> ServiceModel:
    """Every document is at fault half as often, so each step returns nearly half as many cases."""

    def better(asked: AskedMaterial) -> AskedMaterial:
        return changed(asked, defect_chance=asked.defect_chance / 2)

    def of_step(step: Step) -> Step:
        return changed(step, materials=tuple(better(asked) for asked in step.materials))

    return rebuilt(model, steps=with_steps(model, {step.name: of_step(step) for step in model.steps}))


def _faster(model: ServiceModel, share: float) -> ServiceModel:
    """Every service at a counter takes `share` of its time."""
    return rebuilt(model, members=tuple(changed(each, speed=each.speed / share) for each in model.members))


def _short_tax_step(model: ServiceModel) -> ServiceModel:
    """15 minutes instead of 40 with its documents, the spread a half of the mean as before."""
    tax = model.step(TAX_STEP)
    checks = sum(model.material(asked.material).minutes_to_check for asked in tax.materials)
    own = 15 - checks
    shorter = changed(tax, duration=Lognormal(mean_minutes=own, cv=0.5 * 15 / own))
    return rebuilt(model, steps=with_steps(model, {TAX_STEP: shorter}))


def _tax_window_more(model: ServiceModel) -> ServiceModel:
    """One more, of usual speed."""
    usual = next(member for member in model.members if member.serves == (TAX_POOL,))
    one = Member(name="税务-8", serves=(TAX_POOL,), calendar=usual.calendar)
    return rebuilt(model, members=(*model.members, one))


def _tax_window_less(model: ServiceModel) -> ServiceModel:
    """The one of usual speed is closed."""
    kept = tuple(each for each in model.members if each.serves != (TAX_POOL,) or each.speed != 1.0)
    if len(kept) != len(model.members) - 1:
        raise ValueError("service B has one tax officer of usual speed")
    return rebuilt(model, members=kept)


def _pooled(model: ServiceModel, penalty: float) -> ServiceModel:
    """All 15 counters serve one queue, each service `penalty` times as long."""
    pools = tuple(pool.name for pool in model.pools)
    return OneWindow(pools=pools, generalist_penalty=penalty).apply(model)


POOLING = (
    (1.0, Reference(-9.8, 1.0)),
    (1.06, Reference(-4.7, 0.7)),
    (1.10, Reference(-0.3, 1.2)),
    (1.12, Reference(2.1, 1.0)),
    (1.30, Reference(25.7, 0.9)),
)

LEVERS: tuple[Lever, ...] = (
    Lever(
        "open_over_lunch",
        Text(zh="午间不断岗，每岗多一小时", en="open over lunch, an hour more each"),
        Reference(-8.1, 0.6),
        _open_over_lunch,
    ),
    Lever(
        "lunch_in_turn",
        Text(zh="轮流午休（11:30、12:30），总工时不变", en="lunch in turn (11:30, 12:30), equal hours"),
        Reference(3.5, 0.9),
        _lunch_in_turn,
    ),
    Lever(
        "half_booked",
        Text(zh="半数预约", en="half of the people book"),
        Reference(-8.1, 0.7, 0.10),
        _half_booked,
    ),
    Lever(
        "half_of_all_trips_spread",
        Text(zh="对照：全部到访的一半均匀分布", en="for comparison: half of all trips spread evenly"),
        None,
        _half_of_all_trips_spread,
    ),
    Lever(
        "half_the_returns",
        Text(zh="补正减半", en="half the returns"),
        Reference(-4.3, 0.6, -0.25),
        _half_the_returns,
    ),
    Lever(
        "faster",
        Text(zh="窗口用时减少 15%", en="15 % less time at each counter"),
        Reference(-11.7, 0.5),
        partial(_faster, share=0.85),
    ),
    Lever(
        "short_tax_step",
        Text(zh="核税缴税 40→15 分钟", en="tax step 40 to 15 minutes"),
        Reference(-4.9, 0.5),
        _short_tax_step,
    ),
    Lever(
        "tax_window_more",
        Text(zh="税务窗口加一个", en="one tax window more"),
        Reference(-2.7, 0.6),
        _tax_window_more,
    ),
    Lever(
        "tax_window_less",
        Text(zh="税务窗口减一个", en="one tax window less"),
        Reference(6.8, 0.8),
        _tax_window_less,
    ),
    *(
        Lever(
            f"pooled_{penalty:.2f}",
            Text(
                zh=f"15 个窗口合为一窗，用时 ×{penalty:.2f}",
                en=f"15 counters, one queue, time x {penalty:.2f}",
            ),
            reference,
            partial(_pooled, penalty=penalty),
        )
        for penalty, reference in POOLING
    ),
)
