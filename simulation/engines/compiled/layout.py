"""What is where: the tables of a run as structured arrays, and the hall record that says where they are."""

from __future__ import annotations

import numpy as np

from simulation.engines.run_records import Record as VisitFields
from simulation.engines.run_records import Repair as RepairFields


def _table(integers: str, floats: str = "") -> np.dtype:
    """64-bit integers, then doubles. One width for all: other widths double what has to be compiled."""
    fields = [(name, "i8") for name in integers.split()]
    fields += [(name, "f8") for name in floats.split()]
    return np.dtype(fields, align=True)


# --- the model: written once, see `simulation.engines.program.codes` ------------------------------------

STEP = _table(
    "stream slot present silent pool priority calendar duration delay delay_calendar change_ms first_asked "
    "n_asked all_asked any_shared gathers batch_size together stuck_then keeps_machine",
    "return_chance change_chance change_half_life_ms reject_chance check_all_ms stuck_chance",
)
ASKED = _table("shared shared_ms stream", "defect_chance available mismatch_chance check_ms")
NODE = _table("op next a b slot slot_2 stream block first_target n_targets")
TABLE = _table("first_row n_rows n_branches")  # of a choice or loop
ROW = _table("key first_share")
DISTRIBUTION = _table("kind first n", "a b")
CALENDAR = _table("first n hint")  # intervals; `hint`: the last one begun by now, -1 = none
INTERVAL = _table("begin end worked_before")
POOL = _table("first_member n_members first_queue n_queues to_look_at")  # queues: one a priority class
CHANGE = _table("moment calendar opens")
PROFILE = _table("first n")
STRETCH = _table("begin length", "reached")
ARRIVALS = _table("stream priority patience books booked_priority grace_ms before_last last", "comes_back")
NUMBER = _table("value")
SHARE = _table("", "value")
FLAG = np.dtype([("value", "i1")])

# --- what happens ---------------------------------------------------------------------------------------

MEMBER = _table(
    "calendar first_pool n_pools free on_duty down idle_since job next_kept fails stream runs_for repair "
    "repaired_by repair_calendar",
    "repair_speed",
)
GATE = _table("first last n to_count first_moment n_moments")  # by step; tasks in order, -1 = none
QUEUE = _table("priority first_applicant last_applicant first_paper last_paper")  # tasks in order, -1 = none
CASE = _table(
    "number stream word slot arrivals last before_last running staying line references presence attended "
    "served closed finished settling in_cohort pool kept returned next_free"
)
TASK = _table(
    "number case node step visit returns handed fetched reached enabled released since start end left member "
    "pool present stays again priority earlier later next_of_group drawn word_0 word_1 word_2 word_3"
)
DUE = _table("moment order place round subject")
VISIT = _table(" ".join(VisitFields._fields))
REPAIR = _table(" ".join(RepairFields._fields))

MODEL_TABLES = (
    "steps asked nodes targets tables rows shares distributions quantiles calendars intervals members "
    "pools_of_member members_of_pool speeds pools changes patterns profiles stretches arrivals queues gates "
    "gate_moments branches new_due"
)
RUN_TABLES = "cases counters settling tasks agenda visits repairs finish rejected gave_up"
PEOPLE_COLUMNS = ("person_time", "person_arrivals", "person_day", "person_index", "person_slot")
HALL = _table(
    # the model
    "horizon entry n_steps n_slots n_pools n_members n_changes n_quantiles n_patterns come_back_after "
    "correction_takes walk inside tickets most_at_once "
    # where its tables and those of the run are
    f"{MODEL_TABLES} {RUN_TABLES} {' '.join(PEOPLE_COLUMNS)} "
    # the run
    "key_0 key_1 earliest_stop cohort_first cohort_last n_people all_people_known "
    # its state
    "now round phase next_person next_change next_gate next_pool gates_to_count pools_to_look_at "
    "agenda_size settling_size free_task n_tasks live_tasks free_case n_cases live_cases n_visits n_repairs "
    "largest_batch sure_of next_outside people_inside unfinished end "
    # rows the tables have
    "task_room case_room agenda_room visit_room repair_room "
    # what is counted
    "loops_capped returns_capped turned_away left_with_ticket",
    "same_day_continuation",
)
NONE = -1
REPAIR_PRIORITY = 0  # of the repair of a machine in the queue of those who repair
