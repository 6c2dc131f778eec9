"""Reviews (好差评) and complaints, from what people went through.

Satisfaction of a service = 2.4 - 0.02 x minutes waited - 0.5 if it returned the case + the officer's own
effect (normal, sd 0.3) + a logistic of the person; from 5 ("very satisfied", above 1) to 1 ("very
dissatisfied", below -2). Complaint: 0.05 % of the services, 1 % more where it is below -1. All assumed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from mining.event_log import COMPLAINT_COLUMNS, PASS, REVIEW_COLUMNS, TIME_DTYPE, EventLog
from mining.working_time import MS_PER_DAY
from sample_logs.noise import uniforms
from sample_logs.planting.setting import Setting, at_counters, due_ms, later, milliseconds, moments

BASE, PER_MINUTE_WAITED, IF_RETURNED, OFFICER_SD = 2.4, -0.02, -0.5, 0.3
LOWEST_LATENT_OF_RATING = (-2.0, -1.0, 0.0, 1.0)  # of ratings 2, 3, 4, 5
VOLUME_EFFECT = -1.2  # for one standard deviation of the window's week
COMPLAINT_CHANCE, COMPLAINT_CHANCE_IF_ANGRY, ANGRY_BELOW = 0.0005, 0.01, -1.0
FIRST_FILE_ROW = 2


def write_reviews(log: EventLog, setting: Setting) -> EventLog:
    """Reviews and complaints about services at counters; each goes to its case, window and officer."""
    services = at_counters(log).reset_index(drop=True)
    latent = _satisfaction(services, setting)
    return replace(
        log,
        reviews=_reviews(services, latent, setting),
        complaints=_complaints(log, services, latent, setting),
    )


def _drawn(services: pd.DataFrame, setting: Setting, purpose: str) -> np.ndarray:
    return uniforms(setting.seed, f"reviews/{purpose}", services["case_id"], services["file_row"])


def _satisfaction(services: pd.DataFrame, setting: Setting) -> np.ndarray:
    u = np.clip(_drawn(services, setting, "person"), 1e-9, 1 - 1e-9)
    latent = BASE + np.log(u / (1 - u)) + PER_MINUTE_WAITED * _waited(services, setting)
    latent += IF_RETURNED * (services["result"].notna() & (services["result"] != PASS)).to_numpy()
    if services["officer"].notna().any():
        who = uniforms(0, "reviews/officer", services["officer"].fillna(""))
        latent += OFFICER_SD * ndtri(np.clip(who, 1e-9, 1 - 1e-9))
    for window in setting.planted.reviews.worse_with_volume:
        latent += VOLUME_EFFECT * _volume(services, window)
    return latent


def _waited(services: pd.DataFrame, setting: Setting) -> np.ndarray:
    """Minutes in the hall, from the ticket to the start; nights do not count."""
    known = services["ts_ticket"].notna().to_numpy()
    minutes = np.zeros(len(services))
    ticket, start = (milliseconds(services.loc[known, name]) for name in ("ts_ticket", "ts_start"))
    minutes[known] = setting.calendar.envelope().working_ms_between(ticket, start) / 60_000
    return minutes


def _volume(services: pd.DataFrame, window: str) -> np.ndarray:
    """People the window served a day in the week of each service, standardised over weeks; 0 elsewhere."""
    here = (services["window"] == window).to_numpy()
    week = _weeks(services["ts_start"]).to_numpy()
    per_week = _per_day(services.loc[here, "ts_start"])
    score = (per_week - per_week.mean()) / per_week.std()
    return np.where(here, pd.Series(week).map(score).fillna(0.0).to_numpy(), 0.0)


def _reviews(services: pd.DataFrame, latent: np.ndarray, setting: Setting) -> pd.DataFrame:
    given = _drawn(services, setting, "given") < setting.planted.reviews.share
    rating = 1 + np.searchsorted(LOWEST_LATENT_OF_RATING, latent[given], side="right")
    own = services[given]
    table = pd.DataFrame(
        {name: own[name] for name in ("case_id", "dept", "window", "officer", "channel")}
        | {"ts": own["ts_end"], "rating_1to5": rating.astype("float64")}
    )
    table = table.sort_values(["ts", "case_id"], kind="stable", ignore_index=True)
    table["file_row"] = table.index + FIRST_FILE_ROW
    return table[[name for name in REVIEW_COLUMNS if name in table.columns]]


def _complaints(log: EventLog, services: pd.DataFrame, latent: np.ndarray, setting: Setting) -> pd.DataFrame:
    plan, calendar = setting.planted.complaints, setting.calendar
    chance = COMPLAINT_CHANCE + COMPLAINT_CHANCE_IF_ANGRY * (latent < ANGRY_BELOW)
    made = _drawn(services, setting, "complaint") < chance
    own = services[made]
    lag, part, slow = (_drawn(own, setting, purpose) for purpose in ("lag", "closing", "slow"))
    opened = milliseconds(own["ts_end"]) + (lag * 3 * MS_PER_DAY).astype("int64")
    limit_ms = plan.limit_working_days * calendar.minutes_per_day * 60_000
    late = slow < plan.late_share
    due = due_ms(calendar, opened, plan.limit_working_days)
    in_time = np.minimum(later(calendar, opened, (part * 0.9 * limit_ms).astype("int64")), due)
    closed = np.where(late, later(calendar, due, ((0.05 + part) * limit_ms).astype("int64")), in_time)
    table = pd.DataFrame(
        {name: own[name] for name in ("case_id", "dept", "window", "officer")}
        | {"ts_open": moments(opened), "ts_close": moments(closed)}
        | {"limit_promised": float(plan.limit_working_days)}
    )
    people = log.cases.set_index("case_id")["applicant_hash"]
    table = table.assign(applicant_hash=table["case_id"].map(people))
    table = table[table["ts_open"] < setting.ends].sort_values(["ts_open", "case_id"], ignore_index=True)
    table["ts_close"] = table["ts_close"].where(table["ts_close"] < setting.ends)
    table["complaint_id"] = [f"T{number + 1:04d}" for number in table.index]
    table["file_row"] = table.index + FIRST_FILE_ROW
    names = [name for name in COMPLAINT_COLUMNS if name in table.columns]
    return table[names].astype({"ts_open": TIME_DTYPE, "ts_close": TIME_DTYPE, "applicant_hash": "str"})


def true_reviews(log: EventLog, setting: Setting) -> dict[str, object]:
    """Reviews of the log, bad ones (1 and 2), and the rank correlation of volume and bad share by week at
    the windows where it was planted."""
    reviews = log.reviews
    return {
        "reviews": len(reviews),
        "bad": int((reviews["rating_1to5"] <= 2).sum()),
        "weekly_rank_correlation_of_volume_and_bad_share": {
            window: round(_rank_correlation(log, window), 4)
            for window in setting.planted.reviews.worse_with_volume
        },
    }


def _rank_correlation(log: EventLog, window: str) -> float:
    served = at_counters(log)
    served = served[served["window"] == window]
    reviews = log.reviews[log.reviews["window"] == window]
    volume = _per_day(served["ts_start"])
    bad = (reviews["rating_1to5"] <= 2).groupby(_weeks(reviews["ts"]).to_numpy()).mean()
    both = pd.concat({"volume": volume, "bad": bad}, axis=1).dropna()
    return float(both.rank().corr().iloc[0, 1])


def _weeks(times: pd.Series) -> pd.Series:
    # 1970 began on a Thursday: weeks from Monday to Sunday
    return pd.Series((milliseconds(times) // MS_PER_DAY + 3) // 7)


def _per_day(times: pd.Series) -> pd.Series:
    """Services on a day with any, by week."""
    day = pd.Series(milliseconds(times) // MS_PER_DAY)
    of_week = day.groupby((day + 3) // 7)
    return of_week.size() / of_week.nunique()


def true_complaints(log: EventLog, setting: Setting) -> dict[str, object]:
    """Complaints of the log, and those closed after their limit or open when it had passed."""
    table = log.complaints
    if table.empty:
        return {"complaints": 0, "overdue": 0}
    due = due_ms(
        setting.calendar, milliseconds(table["ts_open"]), setting.planted.complaints.limit_working_days
    )
    until = milliseconds(table["ts_close"].fillna(setting.ends))
    return {
        "complaints": len(table),
        "still_open": int(table["ts_close"].isna().sum()),
        "overdue": int((until // MS_PER_DAY > due // MS_PER_DAY).sum()),
    }
