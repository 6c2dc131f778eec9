"""The English of the screens. Same keys as `zh.py`; a test holds that."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # the frame
    "page_map": "Map and findings",
    "page_what_if": "What-if",
    "page_before_after": "Before and after",
    "page_data": "Data",
    "language": "Language",
    "loading_sample": "Opening the sample log…",
    "making_sample": "First use: generating the sample log (about half a minute)…",
    "mining": "Mining the log: flow, waits, documents, repeats…",
    "calibrating": "Calibrating the simulation model from the log…",
    "badge_sample": "sample log · measured",
    "badge_measured": "measured",
    "badge_simulated": "simulated",
    "log_line": "{name}: {cases} cases, {events} events, {first} to {last}",
    "points": "{n} points",
    "unknown_short": "–",
    "yes": "yes",
    "no": "no",
    "choose": "Choose",
    "list_separator": ", ",
    "and_more": ", {n} more",
    "path_separator": " → ",
    "sentences": "{a} {b}",
    "with_unit": "{name} ({unit})",
    "minutes": "{n} min",
    "hours": "{n} h",
    "working_days": "{n} days",
    "before": "Before",
    "after": "After",
    "remove": "Remove",
    # the map
    "map_title": "Process map",
    "map_intro": "For planners: how cases flow, where they wait, which steps and documents could go.",
    "map_start": "Start",
    "map_end": "End",
    "map_zoom_in": "Zoom in",
    "map_zoom_out": "Zoom out",
    "map_fit": "Show the whole map",
    "arrow": "{a} → {b}",
    "tip_step_counts": "{events} times in {cases} cases",
    "tip_step_wait": "waits {time} on average",
    "tip_step_work": "handled in {time} (median)",
    "tip_edge": "{moves} moves in {cases} cases; {time} on average",
    "layer": "Layer",
    "layer_frequency": "Frequency",
    "layer_time": "Time",
    "layer_help": "Frequency: how often. Time: how long people wait and work.",
    "slider_steps": "Steps shown",
    "slider_steps_help": ("Share of the steps shown, the most frequent first; the flow is never cut apart."),
    "slider_paths": "Paths shown",
    "slider_paths_help": (
        "Share of the moves shown, the most frequent first; each step keeps its strongest way in and out."
    ),
    "legend_counts": "{steps}/{steps_total} steps, {paths}/{paths_total} paths, {share} of moves.",
    "legend_frequency": "Thicker and bluer: more cases; in a box: how often.",
    "legend_time_to_start": (
        "Width: how often; colour: how long. On a line: mean working time until the next step "
        "starts; in a box: waiting plus handling."
    ),
    "legend_time_to_end": (
        "Width: how often; colour: how long. The log has no start times: on a line is the mean "
        "working time to reach the end of the next step, waiting and handling together."
    ),
    "legend_cut": (
        "(Too much for one picture: {steps} steps and {paths} paths are not drawn; lower the sliders.)"
    ),
    "hint_title": "Click a step or a line",
    "hint_click": (
        "Its cases, times, people and documents appear here. Tab and Enter work too; Ctrl and the "
        "wheel zooms, dragging moves the map."
    ),
    "hint_worst": "Where most hours are lost",
    "fact_cases": "Cases",
    "fact_events": "Events",
    "fact_events_value": "{n} (of which repeats: {repeats})",
    "fact_wait": "Mean wait",
    "fact_work_median": "Handling time, median",
    "fact_work_p90": "Handling time, 90th percentile",
    "fact_variants": "Variants through it",
    "n_of_m": "{n} of {m}",
    "fact_results": "Results",
    "fact_officers_hidden": "{n} more with fewer than 5 cases are not listed.",
    "fact_officers": "People",
    "fact_materials": "Documents asked for",
    "fact_moves": "Moves",
    "fact_time_mean": "Mean time",
    "fact_time_median": "Median time",
    "time_between_to_start": "Working time from the end of the first step to the start of the next.",
    "time_between_to_end": (
        "The log has end times only: working time to reach the end of the next step, waiting and "
        "handling together."
    ),
    # findings
    "tab_findings": "Findings ({n})",
    "findings_intro": (
        "Ranked by hours lost a year (working time, scaled from the span of the log). 'Try it' takes "
        "the proposal to the what-if page."
    ),
    "findings_more": "{n} more findings are not shown; the command onewindow mine lists all of them.",
    "no_findings": "No waste could be shown. The log may lack the columns needed; see below.",
    "not_looked_at": "What could not be looked at ({n})",
    "hours_a_year": "{n} hours lost a year",
    "hours_unknown": "hours lost unknown",
    "n_cases": "{n} cases",
    "share_of_cases": "{share} of cases",
    "evidence": "Evidence",
    "example_cases": "Example cases: {cases}",
    "try_it": "Try it: {what}",
    "advice": "Advice, not simulated yet: {what}",
    "caution": "Check first: {text}",
    # variants, BPMN
    "tab_variants": "Variants",
    "variants_intro": "The {shown} most frequent ways through the steps, of {total}.",
    "col_cases": "Cases",
    "col_share": "Share",
    "col_cycle": "Median cycle time (working days)",
    "col_steps": "Steps",
    "col_path": "Path",
    "col_example": "Example case",
    "tab_bpmn": "BPMN export",
    "bpmn_intro": "A BPMN 2.0 model of the log's main behaviour, for other tools.",
    "bpmn_make": "Make the BPMN model",
    "bpmn_running": "Discovering the model…",
    "bpmn_download": "Download BPMN",
    "bpmn_coverage": "It covers {cases} of {cases_total} cases.",
    # what-if
    "what_if_intro": (
        "For analysts: combine redesigns and send the same applicants through the hall of today and "
        "of tomorrow."
    ),
    "what_if_step_1": "1. Scenario",
    "what_if_step_2": "2. Simulation",
    "what_if_step_3": "3. Results",
    "model": "Model",
    "model_true": "The sample's true model",
    "model_calibrated": "Calibrated from the log",
    "model_help": (
        'The sample log was made from the true model; "calibrated" shows what is possible with a log alone.'
    ),
    "model_true_note": (
        "Model: the sample's true one (it made the sample log; it was not calibrated from it)."
    ),
    "model_calibrated_note": "Model: calibrated from the log; see the assumptions for its evidence.",
    "ready_scenario": "Ready-made scenarios",
    "from_findings": "All proposals of the findings",
    "proposal_does_not_fit": "A proposal does not fit this model: {reason}",
    "draft_empty": (
        'The scenario is empty: pick a ready-made one, use "Try it" on a finding, or add a redesign below.'
    ),
    "add_a_redesign": "Add a redesign",
    "add_redesign": "Add to the scenario",
    "lever": "Redesign",
    "lever_one_window": "One window",
    "lever_one_window_help": (
        "Several queues become one, served by all-round clerks, who are a little slower at each thing."
    ),
    "lever_one_window_incomplete": "Choose at least two queues and a name.",
    "lever_parallel_approval": "Parallel approval",
    "lever_parallel_approval_help": "Steps that do not need each other run at the same time.",
    "lever_parallel_approval_incomplete": "Choose at least two steps.",
    "lever_remove_step": "Remove a step",
    "lever_remove_step_help": "The step is no longer done; what it caught is no longer caught there.",
    "lever_remove_step_incomplete": "Choose a step.",
    "lever_training": "Training",
    "lever_kiosk_maintenance": "Maintenance of kiosks",
    "lever_appointments": "Appointments",
    "lever_online": "Online service",
    "lever_commitment": "Promise instead of proof",
    "lever_appraisal": "Appraisal of counters",
    "lever_complaint_handling": "Handling of complaints",
    "lever_staffing": "More counters or people",
    "lever_smaller_batches": "Smaller batches or joint review",
    "lever_priority_rule": "A rule of priority",
    "lever_opening_hours": "Opening hours and lunch cover",
    "lever_share_materials": "Shared documents",
    "lever_share_materials_help": (
        "Documents come from the department that issued them, or are handed in once, instead of "
        "again and again."
    ),
    "lever_share_materials_incomplete": "Choose at least one document.",
    "pools": "Queues to merge",
    "penalty": "All-round penalty",
    "penalty_help": (
        "Handling time of an all-round clerk over that of a specialist. 1.12 is an assumption; 1.00 "
        "to 1.30 is plausible, and about 1.10 can eat the gain."
    ),
    "members": "Clerks (0 = as today)",
    "members_help": "{n} clerks serve the chosen queues today.",
    "window_name": "Name of the new window",
    "window_name_default": "One window",
    "steps_in_parallel": "Steps to run in parallel",
    "steps_in_parallel_help": "They must follow one another in the flow.",
    "step_to_remove": "Step to remove",
    "materials_to_share": "Documents to share",
    "share_mode": "How",
    "share_fetched": "Fetched from the issuing department",
    "share_handed_in_once": "Handed in once and passed on",
    "share_available": "Works out in",
    "share_available_help": (
        "How often fetching works (an assumption); otherwise the applicant hands it in as before."
    ),
    "replications": "Replications",
    "replications_help": (
        "How often it is repeated with other random numbers; more gives narrower intervals and takes longer."
    ),
    "days": "Measured days",
    "days_help": "Cases of so many working days are measured, after a warm-up that fills the hall.",
    "run": "Simulate",
    "run_needs_scenario": "Put a scenario together on the left first.",
    "run_progress": "{name}: {done} of {total} runs",
    "engine_progress": "First use: the fast engine is being prepared ({share:.0%}), once on this machine; "
    "SimPy simulates meanwhile.",
    "run_cancel": "Cancel",
    "run_cancelled": "Cancelled; there is no result.",
    "no_answer_yet": "Nothing has been simulated yet.",
    "answers": "Results so far",
    "answer_name": "{n}. {name}",
    "to_before_after": "See before and after",
    "col_kpi": "Key figure",
    "col_before": "Before",
    "col_after": "After",
    "col_difference": "Difference (95% interval)",
    "col_verdict": "Verdict",
    "col_measured": "Measured",
    "col_simulated": "Simulated (95% interval)",
    "col_deviation": "Deviation",
    "col_pool": "Queue",
    "working_time": "Working time: {hours}",
    "neither": "changed; neither good nor bad as such",
    "better": "better",
    "worse": "worse",
    "unchanged": "unchanged",
    "contains_zero": "contains 0: cannot tell",
    "kpi_table": "Table of key figures",
    "kpi_note": (
        "All simulated: {n} paired replications of {days} measured working days each, seed {seed}. "
        "The same applicants before and after, so differences are taken in pairs."
    ),
    "gate_title": "Can the model be trusted: today simulated against the log",
    "gate_passed": "The model reproduces the log: all deviations are within ±10%.",
    "gate_failed": (
        "Careful: today's simulation deviates from the log by more than ±10% somewhere; use the "
        "result with caution."
    ),
    "gate_impossible": (
        "The log tells neither waits nor cycle times nor visits, so it cannot check the model."
    ),
    "utilisation_title": "How busy people are (utilisation)",
    "side_effects_note": "What the gain costs: above 85% utilisation waits grow steeply.",
    "changes_title": "What changes",
    "assumptions_title": "Assumptions the result rests on",
    # before and after
    "before_after_intro": (
        "For leaders: the hall before and after on one page; every number with unit, interval and origin."
    ),
    "nothing_simulated": (
        "There is nothing to compare yet. Simulate a ready-made scenario now, or put one together on "
        "the what-if page."
    ),
    "simulate_now": "Simulate now",
    "to_what_if": "Go to what-if",
    "cards_note": (
        "All simulated: before → after, below it the difference (95% interval); green is better, red "
        "worse, grey cannot tell (it contains 0)."
    ),
    "from_to": "{before} → {after}",
    "card_interval": "{low} to {high}",
    "card_unclear": "{interval}, has 0",
    "maps_title": "The flow before and after",
    "paired_maps_note": (
        "Both maps share places, widths and colours; dashed steps no longer exist. Simulated, first "
        "replication."
    ),
    "waits_title": "How long each wait is",
    "cycle_title": "How soon cases are finished",
    "distributions_note": (
        "Simulated, measured cases of the first replication; the axes end at the 99th percentile."
    ),
    "chart_name": "{name} (n={n})",
    "hover_waits": "%{customdata[0]}–%{customdata[1]} min: %{y:.1f}%",
    "hover_cycle": "%{y:.1f}% finished within %{x:.1f} working days",
    "axis_wait": "Wait (minutes)",
    "axis_share_waits": "Share of waits (%)",
    "axis_cycle": "Cycle time (working days)",
    "axis_share_cases": "Cases finished (%)",
    "rests_on_title": "What these numbers rest on",
    # data
    "data_intro": (
        "Choose a sample or upload your own log; what was read and what was rejected is listed below."
    ),
    "sample_title": "Sample",
    "sample_note": "Simulated, with planted waste, to get to know the tool.",
    "sample": "Sample service",
    "sample_name": "{letter}: {name}",
    "use_sample": "Use the sample",
    "upload_title": "Your own log",
    "upload_note": (
        "One row an event: case, step, time; the rest is optional. Files stay on this machine and "
        "are forgotten with the session."
    ),
    "upload_log": "Event log (CSV, XLSX, XES, Parquet)",
    "upload_more": "Materials, columns, dates",
    "upload_materials": "Materials table (optional)",
    "upload_columns": "Column mapping as YAML (if headers are not recognised)",
    "date_order": "Order of dates",
    "date_order_auto": "Automatic",
    "date_order_day_first": "day/month/year",
    "date_order_month_first": "month/day/year",
    "timezone": "Time zone",
    "timezone_help": "The hall's zone, where a log mixes different offsets.",
    "read_log": "Read it",
    "reading_log": "Reading…",
    "in_use": "In use: {name}, {cases} cases, {events} events.",
    "to_map": "See the map",
    "quality_title": "Data quality report",
    "rows_read": "Rows read",
    "events_kept": "Events kept",
    "rows_rejected": "Rows rejected",
    "file_format": "Format",
    "format_encoding": "{format} · {encoding}",
    "no_issues": "No issues were found.",
    "col_severity": "Severity",
    "severity_info": "info",
    "severity_warning": "warning",
    "severity_rejected": "rejected",
    "col_message": "What was found and done",
    "col_rows": "Rows",
    "col_examples": "Examples",
    "rejected_title": "Rejected rows ({n})",
    "rejected_more": "The first {shown} of {n} rows; the download has all of them.",
    "checking_log": "Checking the log…",
    "issue_rows_title": "The rows behind an issue",
    "issue_rows_of": "Issue",
    "issue_rows_none": "This issue is not about single rows.",
    "issue_rows_download": "Download these rows (CSV)",
    "rejected_download": "Download the rejected rows (CSV)",
    "col_row": "Row",
    "col_reason": "Reason",
    "mapping_title": "Columns recognised ({n})",
    "col_column": "Column",
    "col_header": "Header in the file",
    "unmapped": "Headers that were not used:",
    "difference_and_interval": "{difference} ({low} to {high})",
    "mean_and_interval": "{mean} ({low} to {high})",
    "named_value": "{name} {value}",
    "in_brackets": "({text})",
}
