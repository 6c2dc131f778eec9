"""Who comes when: the rates a model states, and people who stay the same when a model changes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mining.working_time import WEEKDAYS, same_hours_every
from simulation.engines.arrivals import applicants_at, draw_applicants, inverse_poisson
from simulation.engines.program import build_program
from simulation.errors import ModelError

DAY, HOUR = 86_400_000, 3_600_000
STEP = "steps: [{name: 受理, place: online, clock: elapsed}]\n"


def _arrivals(**changes):
    return {
        "name": "窗口",
        "per_day": 40,
        "calendar": "hall",
        "half_hour_weights": {"09:00": 3, "10:30": 1},
        **changes,
    }


def _model(make_model, *arrivals):
    return make_model(
        {"steps": [{"name": "受理", "place": "online", "clock": "elapsed"}], "arrivals": list(arrivals)}
    )


def _draw(make_model, *arrivals, days=28, replication=0):
    return draw_applicants(build_program(_model(make_model, *arrivals), days), 1, replication)


def test_mean_per_open_day_weekday_factors_and_half_hours(make_model):
    weekly = (2, 1, 1, 1, 0.5, 9, 9)  # the weekend is closed and has no say
    people = _draw(make_model, _arrivals(weekday_factors=weekly), days=7 * 200)
    counts = np.bincount(people.day, minlength=7 * 200).reshape(200, 7)
    assert counts[:, 5:].sum() == 0
    expected = 40 * np.array([2, 1, 1, 1, 0.5]) / 1.1
    # Poisson: standard error sqrt(mean / 200); 4 of them
    assert np.all(np.abs(counts[:, :5].mean(axis=0) - expected) < 4 * np.sqrt(expected / 200))
    assert counts[:, :5].mean() == pytest.approx(40, abs=4 * np.sqrt(40 / 1000))
    time = people.time_ms % DAY
    early = (time >= 9 * HOUR) & (time < 9.5 * HOUR)
    late = (time >= 10.5 * HOUR) & (time < 11 * HOUR)
    assert np.all(early | late)
    assert early.mean() == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / time.size))


def test_counts_are_poisson_and_over_dispersed_with_a_day_factor(make_model):
    plain = np.bincount(_draw(make_model, _arrivals(), days=1400).day, minlength=1400)
    plain = plain.reshape(200, 7)[:, :5].ravel()
    spread = np.bincount(_draw(make_model, _arrivals(day_cv=0.5), days=1400).day, minlength=1400)
    spread = spread.reshape(200, 7)[:, :5].ravel()
    # variance of a Poisson 40, and 40 + (0.5 x 40)^2 with the factor; relative standard error about .045, .07
    assert plain.var() == pytest.approx(40, rel=0.2)
    assert spread.var() == pytest.approx(440, rel=0.3)
    assert spread.mean() == pytest.approx(40, abs=4 * np.sqrt(440 / 1000))


def test_inverse_poisson_is_the_quantile_function():
    u = np.linspace(1e-6, 1 - 1e-6, 501)
    for mean in (0.01, 1, 7.5, 300, 5000):
        assert inverse_poisson(np.full(u.size, mean), u).tolist() == stats.poisson.ppf(u, mean).tolist()
    assert inverse_poisson(np.zeros(3), np.array([0.1, 0.5, 0.999])).tolist() == [0, 0, 0]


def _who(people):
    return set(zip(people.day.tolist(), people.index.tolist(), people.time_ms.tolist(), strict=True))


def test_more_people_a_day_are_the_same_people_and_more(make_model):
    few, many = _draw(make_model, _arrivals()), _draw(make_model, _arrivals(per_day=50))
    assert _who(few) < _who(many)


def test_arrivals_do_not_move_each_other(make_model):
    alone = _draw(make_model, _arrivals())
    both = _draw(make_model, _arrivals(name="网上", per_day=70), _arrivals())
    of_second = both.arrivals == 1
    assert both.time_ms[of_second].tolist() == alone.time_ms.tolist()
    assert both.index[of_second].tolist() == alone.index.tolist()
    assert np.all(np.diff(both.time_ms) >= 0)


def test_a_longer_run_begins_with_the_same_people(make_model):
    short, long = _draw(make_model, _arrivals(), days=7), _draw(make_model, _arrivals(), days=28)
    assert long.time_ms[: short.time_ms.size].tolist() == short.time_ms.tolist()


def test_replications_differ(make_model):
    assert _who(_draw(make_model, _arrivals())) != _who(_draw(make_model, _arrivals(), replication=1))


def test_a_make_up_day_keeps_the_factor_of_the_day_it_replaces(make_model):
    # Saturday 7 March 2026 works like a Monday, whose factor is 0: nobody comes; like a Tuesday: 40 / 0.8
    for like, expected in (("mon", 0.0), ("tue", 50.0)):
        model = make_model(
            {
                "steps": [{"name": "受理", "place": "online", "clock": "elapsed"}],
                "calendars": {
                    "shop": {
                        "weekly": same_hours_every(WEEKDAYS[:5], "09:00-17:00"),
                        "extra_days": ["2026-03-07"],
                        "extra_day_like": like,
                    }
                },
                "arrivals": [_arrivals(calendar="shop", weekday_factors=[0, 1, 1, 1, 1, 7, 7])],
            }
        )
        assert build_program(model, 7).arrivals[0].per_day[5] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"half_hour_weights": {}}, "half_hour_weights"),
        ({"half_hour_weights": {"09:00": 0}}, "half_hour_weights"),
        ({"half_hour_weights": {"09:00": 1, "09:15": 1}}, "09:00"),
        ({"half_hour_weights": {"23:45": 1}}, "23:45"),
        ({"weekday_factors": [0, 0, 0, 0, 0, 1, 1]}, "weekday_factors"),
        ({"weekday_factors": [-1, 1, 1, 1, 1, 1, 1]}, "weekday_factors"),
        ({"per_day": 70_000}, "65535"),
    ],
)
def test_arrivals_that_make_no_sense_are_named(make_model, changes, named):
    with pytest.raises(ModelError) as error:
        _draw(make_model, _arrivals(**changes))
    assert named in error.value.text.en
    assert named in error.value.text.zh
    assert "窗口" in error.value.text.en


def test_applicants_at_given_moments_are_numbered_within_their_day():
    people = applicants_at([DAY + 5, 3, 9, DAY], arrivals=[0, 0, 1, 0])
    assert people.time_ms.tolist() == [3, 9, DAY, DAY + 5]
    assert people.arrivals.tolist() == [0, 1, 0, 0]
    assert people.index.tolist() == [0, 0, 0, 1]
