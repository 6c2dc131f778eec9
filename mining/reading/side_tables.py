"""A log with the tables beside its events: materials, tickets, reviews, the catalogue and the others."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from mining.event_log import EventLog
from mining.reading.choices import ColumnChoices
from mining.reading.materials_file import read_materials
from mining.reading.more_tables import (
    joined_catalog,
    limits_of_catalog,
    note_strangers,
    read_more_table,
)
from mining.reading.notes import Notes
from mining.reading.table_kinds import MATERIALS
from mining.reading.table_set import TableSet, one_below_the_other
from mining.reading.tickets import link_tickets, read_tickets


def with_side_tables(
    log: EventLog, tables: TableSet, choices: ColumnChoices, salt: str, notes: Notes
) -> EventLog:
    """The log with the tables beside its events; limits of the catalogue given to cases without."""
    case_ids = log.cases["case_id"]
    if tables.of(MATERIALS):
        raw = one_below_the_other(tables.of(MATERIALS), notes)
        documents = read_materials(raw, choices, case_ids, log.zone, salt, notes)
        log = replace(log, materials=documents)
    if tables.of("tickets"):
        raw = one_below_the_other(tables.of("tickets"), notes)
        tickets = read_tickets(raw, choices, log.zone, salt, notes).table
        tickets, events = link_tickets(tickets, log.events, notes)
        log = replace(log, tickets=tickets, events=events)
    read = {
        kind: [read_more_table(kind, raw, choices, log.zone, salt, notes) for raw in tables.of(kind)]
        for kind in ("clock_stops", "reviews", "complaints", "devices", "catalog")
        if tables.of(kind)
    }
    if "catalog" in read:
        catalog = joined_catalog(read.pop("catalog"))
        log = replace(log, catalog=catalog, cases=limits_of_catalog(log.cases, catalog, notes))
    joined = {kind: pd.concat(frames, ignore_index=True) for kind, frames in read.items()}
    return replace(
        log,
        **{
            kind: note_strangers(kind, frame, case_ids, notes) if "case_id" in frame.columns else frame
            for kind, frame in joined.items()
        },
    )
