"""Machines are off while the hall is closed and broken as long as planted."""

import pandas as pd
import pytest

from sample_logs.plan import Kiosk
from sample_logs.planting.kiosks import true_kiosks, write_kiosks


def test_a_machine_that_never_breaks_goes_on_at_opening_and_off_at_closing(setting, many):
    plan = setting(kiosks=(Kiosk(device="一", hours_between_failures=1e9, hours_to_repair=1),))
    table = write_kiosks(many(1), plan).devices
    assert table["ts"].head(4).tolist() == [
        pd.Timestamp("2026-03-02 09:00"),
        pd.Timestamp("2026-03-02 17:00"),
        pd.Timestamp("2026-03-03 09:00"),
        pd.Timestamp("2026-03-03 17:00"),
    ]
    assert table["state"].head(4).tolist() == ["up", "off", "up", "off"]
    # four weeks of five days
    assert len(table) == 40
    assert true_kiosks(write_kiosks(many(1), plan), plan)["一"] == {
        "hours_up": 160.0,
        "hours_down": 0.0,
        "availability": 1.0,
    }


def test_a_broken_machine_is_down_across_nights_and_as_often_as_planted(setting, many):
    shares = []
    for seed in range(40):
        plan = setting(seed, kiosks=(Kiosk(device="一", hours_between_failures=20, hours_to_repair=5),))
        log = write_kiosks(many(1), plan)
        shares.append(true_kiosks(log, plan)["一"]["availability"])
        states = log.devices["state"].tolist()
        assert states[0] in ("up", "down")
        # what it was at closing it is at opening
        for before, off, after in zip(states, states[1:], states[2:], strict=False):
            if off == "off":
                assert after == before
    # 160 hours, about 6 failures each: sd of one share about .07, of the mean .011
    assert sum(shares) / 40 == pytest.approx(plan.planted.kiosks[0].availability, abs=0.04)
