"""Real logs: the counts their publishers give, and what their files are like."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import EventLog
from mining.reading import read_event_log

pytestmark = pytest.mark.shared_data


@lru_cache(maxsize=4)
def read_once(path: Path) -> EventLog:
    """Some take seconds."""
    return read_event_log(path)


@pytest.mark.parametrize(
    ("file", "cases", "events", "steps", "zone"),
    [
        ("receipt.xes.gz", 1_434, 8_577, 27, "+01:00/+02:00"),
        ("BPIC15_1.xes.gz", 1_199, 52_217, 398, "+01:00/+02:00"),
        ("BPIC13_incidents.xes.gz", 7_554, 65_533, 4, "+01:00/+02:00"),
        ("running-example.xes", 6, 42, 8, "+01:00"),
        ("patients.csv", 500, 2_721, 7, "UTC"),
        ("fidelity/LoanApp.csv.gz", 1_000, 7_492, 12, "local"),
        ("fidelity/P2P.csv.gz", 608, 9_119, 21, "UTC"),
    ],
)
def test_counts(shared_data, file, cases, events, steps, zone):
    log = read_once(shared_data / file)
    assert (log.n_cases, log.n_events, len(log.activities), log.zone) == (cases, events, steps, zone)
    assert log.quality.events_kept == events
    assert log.quality.rejected == ()
    assert log.events["time"].notna().all()
    assert len(log.cases) == cases


def test_receipt_is_a_log_with_ends_only_and_a_channel_of_the_case(shared_data):
    log = read_once(shared_data / "receipt.xes.gz")
    assert "ts_start" not in log.events.columns
    assert log.events["officer"].nunique() == 48
    assert set(log.cases["channel"].dropna()) == {"Desk", "Intern", "Internet", "Post", "e-mail"}
    assert {"case:deadline", "case:department"} <= set(log.cases.columns)
    first = log.events[log.events["case_id"] == "case-10011"].iloc[0]
    assert first["activity"] == "Confirmation of receipt"
    assert first["time"] == pd.Timestamp("2011-10-11 13:45:40.276")  # the wall clock, not UTC


def test_building_permits_show_names_and_keep_codes(shared_data):
    log = read_once(shared_data / "BPIC15_1.xes.gz")
    first = log.events[log.events["case_id"] == "10009138"].iloc[0]
    assert (first["activity"], first["activity_code"]) == ("register submission date request", "01_HOOFD_010")
    assert log.events.groupby("activity")["activity_code"].nunique().max() == 1
    assert log.cases.set_index("case_id").loc["10009138", "item_name"] == "Bouw,Reclame"
    assert log.quality.issue("equal_times") is not None


def test_every_patient_row_finds_its_partner(shared_data):
    log = read_once(shared_data / "patients.csv")
    assert log.quality.rows_read == 5_442
    merged = log.quality.issue("start_rows_merged")
    assert merged is not None
    assert merged.rows == 2_721
    assert (log.events["ts_end"] >= log.events["ts_start"]).all()
    assert log.quality.issue("start_without_complete") is None


@pytest.mark.parametrize(
    ("file", "cases", "rows", "repeated"),
    [("fidelity/ACR.csv.gz", 954, 6_870, 34), ("fidelity/Production.csv.gz", 225, 4_503, 51)],
)
def test_repeated_rows_of_benchmark_logs(shared_data, file, cases, rows, repeated):
    """Both hold rows equal in every cell but the running number."""
    log = read_once(shared_data / file)
    assert (log.n_cases, log.quality.rows_read, log.n_events) == (cases, rows, rows - repeated)
    kept = read_event_log(shared_data / file, {"keep_duplicates": True})
    assert kept.n_events == rows


def test_known_enabled_times(shared_data):
    log = read_event_log(shared_data / "truth" / "Loan_Application_batched.csv.gz")
    assert (log.n_cases, log.n_events) == (7_000, 70_162)
    assert (log.events["ts_enabled"] <= log.events["ts_start"]).mean() > 0.99


def test_a_call_centre_with_its_own_headers(shared_data):
    """Date and time of day stand in two columns: the log says so, instead of guessing a day."""
    path = shared_data / "queue" / "anonymous_bank_august1999.csv.gz"
    with pytest.raises(LogError, match="call_id"):
        read_event_log(path)
    with pytest.raises(LogError, match="0:00:00"):
        read_event_log(path, {"case_id": "call_id", "activity": "type", "ts_start": "ser_start"})
