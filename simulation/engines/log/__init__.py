"""The records of a run as the tables of an event log; `tables.to_event_log` makes them."""
