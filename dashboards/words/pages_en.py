"""The English of the pages around findings: journeys, documents, two logs, conformance, definitions."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "section_planner": "Find the waste",
    "section_analyst": "Try a redesign",
    "section_leader": "Decide",
    "section_data": "Data",
    # findings
    "families": "About",
    "families_help": (
        "Findings of one family often speak of the same hours (a queue, the step behind it, the cause of the "
        "wait): never add them up."
    ),
    "family_count": "{name} ({n})",
    "family_steps": "Steps",
    "family_documents": "Documents",
    "family_visits": "Trips",
    "family_rework": "Returns",
    "family_waiting": "Waiting",
    "family_limits": "Time limits",
    "family_service": "Service",
    "family_data": "Data",
    "hours_split": "{citizens} h of citizens, {officials} h of officials",
    "hours_nobody": "lies {n} working hours a year, nobody's work",
    "effect_line": "{name}: **{value}** ({level} interval {low}–{high}, n = {n})",
    "effect_line_exact": "{name}: **{value}** (n = {n})",
    # documents
    "page_documents": "Documents",
    "documents_intro": (
        "For planners: which documents departments ask for, how often in vain, and who could share them."
    ),
    "documents_none": (
        "The log has no documents. Give a materials table on the page Data (one row a document: case, name, "
        "department, issuer)."
    ),
    "heat_map_title": "Documents by department",
    "heat_avoidable": "Handed in before",
    "heat_submissions": "Handed in",
    "heat_returns": "Sent back for",
    "heat_map_note": (
        "Handed in before: the applicant had given it in this journey already, to whichever department. Not "
        "counted: answers to a return, fetched and renewed documents; {unknown} of an unknown department."
    ),
    "sharing_title": "Who issues it, and could it be shared?",
    "sharing_note": (
        "About who made the document. Whether the rules accept a fetched one is not in any log: check them "
        "first."
    ),
    "col_why": "Why",
    "col_issuer": "Issuer",
    "col_shareable": "Shareable",
    "col_receivers": "Asked for by",
    "col_spellings": "Written as",
    "answer_yes": "yes",
    "answer_no": "no",
    "answer_unknown": "unknown",
    "dependencies_title": "Which step needs what another issues",
    "on_paper": "On paper only",
    "on_paper_help": (
        "Documents that exist electronically at once hold nobody up; switch on to see paper rules."
    ),
    "critical_path": "Longest chain: {path} ({hours} working hours)",
    "critical_path_help": "The chain of steps that need one another's documents with most time in the log.",
    "cycle": "These steps need one another's documents: {steps}. One of them must do without.",
    "merges_title": "Names that may be one document",
    "merges_none": "No more names look alike.",
    "col_accept": "One document",
    "col_name": "Name",
    "col_other_name": "Other name",
    "col_similarity": "Similarity",
    "col_together": "Handed in side by side",
    "merge_accepted": "Merge {n} pairs and count anew",
    "aliases_download": "Download the alias file (YAML)",
    # journeys
    "page_journeys": "Journeys and visits",
    "journeys_intro": (
        "For planners: which items belong to one matter of one applicant, how sure that is, and how often "
        "people come."
    ),
    "journeys_count": "Journeys",
    "journeys_cases": "Cases",
    "journeys_gap": "Gap, working days",
    "journeys_assumed": "assumed",
    "at_most_one_visit": "At most one visit",
    "no_visit": "No visit",
    "rate_of": "{n} of {m} finished journeys ({low}–{high})",
    "visits_unknown": "The log does not tell who was in the hall, so visits are unknown.",
    "visits_title": "Visits a journey",
    "axis_visits": "Visits",
    "axis_journeys": "Journeys",
    "origin_title": "Where the journey of a case comes from",
    "col_origin": "Origin",
    "origin_explicit": "a journey number in the log",
    "origin_stitched": "stitched: same applicant and topic, near in time",
    "origin_alone": "by itself: nothing else belongs to it",
    "origin_no_applicant": "by itself: no applicant known",
    "origin_no_item": "by itself: no item known",
    "origin_acts_for_many": "by itself: the applicant acts for many",
    "origin_interleaved": "by itself: several journeys of the applicant interleave",
    "sensitivity_title": "Journeys for other gaps",
    "sensitivity_note": "If the number hardly changes, the assumed gap hardly matters.",
    "doubts_title": "Doubtful cases ({n} kinds)",
    "doubts_none": "There are no doubtful cases.",
    "col_reason": "Why, and what was done",
    "col_examples_together": "Cases that belong together",
    "proposed_topics_title": "Items that may belong together (not used)",
    "proposed_topics_note": (
        "The same applicants ask for them near each other far more often than chance. Write them into the "
        "topics file to use them (onewindow mine --topics FILE)."
    ),
    "col_items": "Items",
    "col_applicants": "Applicants",
    "col_expected": "Expected by chance",
    "topics_from": "Topics: {source}",
    # conformance
    "page_conformance": "Conformance",
    "conformance_intro": (
        "For planners: how many cases keep to a BPMN model or an official list of steps, where they do not, "
        "and what that costs."
    ),
    "upload_model": "Official model (BPMN) or list of steps (YAML)",
    "step_list_title": "What a list of steps looks like",
    "step_list_example": (
        "name: {zh: ..., en: Starting a business}\n"
        "steps:\n"
        "  - Intake\n"
        "  - {optional: Publication}\n"
        "  - {parallel: [Seal, Tax registration]}\n"
        "  - {choice: [Collect, By post]}\n"
    ),
    "conforming": "Holding every variant against the model…",
    "fitting_share": "Cases that keep to it",
    "token_fitness": "Fitness",
    "token_fitness_help": "Token replay of every variant: 1 is a log that keeps to the model throughout.",
    "cases_checked": "Cases checked",
    "variants_checked": "Variants",
    "deviations_title": "Where cases go another way",
    "deviations_none": "No case goes another way.",
    "deviations_note": (
        "Extra days: what a deviation adds to the cycle time in working days while everything else that "
        "deviates is the same, with its 95% interval; a dash where it cannot be told."
    ),
    "col_deviation": "Deviation",
    "col_extra_days": "Extra working days",
    "deviation_skipped": "skipped",
    "deviation_inserted": "inserted",
    "deviation_wrong_order": "wrong order",
    "deviation_repeated": "repeated",
    "deviation_unfinished": "unfinished",
    # a reform that was made
    "page_measured_reform": "A reform, measured",
    "measured_reform_intro": (
        "For leaders: did a reform that was made change anything? Two real logs, or one log and the date."
    ),
    "contrast_way": "Compare",
    "contrast_way_date": "This log before and after a date",
    "contrast_way_log": "This log with a later one",
    "reform_date": "Date of the reform",
    "reform_date_help": "Cases begun before it are compared with those begun on it or later.",
    "upload_after": "The log after the reform",
    "upload_after_help": "The log in use is the one before.",
    "contrasting": "Comparing the logs…",
    "col_plain_difference": "Plain difference",
    "col_n": "n before / after",
    "standardised_note": (
        "Like cases compared: both sides are weighted to one mix of item, channel and applicant. The plain "
        "difference mixes the reform with other cases. 95% intervals from days drawn again."
    ),
    "plain_note": (
        "All cases are of one kind, so differences are plain ones. 95% intervals from days drawn again."
    ),
    "series_title": "In time: level and trend at the date",
    "series_note": (
        "Interrupted time series with Newey-West intervals: days hang together, so a plain test would be "
        "too sure."
    ),
    "series_day": "a working day",
    "series_week": "a week",
    "series_fitted": "fitted",
    "series_without": "without the reform",
    "no_series": "The logs do not hold a series long enough.",
    "level_change_line": (
        "Change of level at the date: **{value}** (95% interval {low} to {high}; Newey-West with {lags} "
        "lags, autocorrelation {correlation})."
    ),
    "col_step_or_move": "Step or move",
    "no_map_changes": "No step or move changed its share of cases more than chance would have it.",
    "map_changes_note": ("Shares of cases that go through it; only changes whose interval does not hold 0."),
    "drift_title": "Drift within each side",
    "drift_none": "Too few full months to compare.",
    "drift_note": (
        "How different the ways of the cases are between months: 0 the same, 1 nothing in common; beside it "
        "what chance alone gives. A side that drifts by itself makes any before and after doubtful."
    ),
    "col_months": "Months",
    "col_distance": "Distance",
    "col_distance_by_chance": "By chance",
    "col_chance": "Chance of such a distance",
    # definitions
    "page_definitions": "Definitions",
    "definitions_intro": "What each diagnostic looks for, its formula, its alarm level and a worked example.",
    "definitions_search": "Find a diagnostic",
    "definition_what": "Definition",
    "definition_formula": "Formula",
    "definition_needs": "Columns it needs",
    "definition_better_with": "Sharper with",
    "definition_alarm": "Alarm level",
    "definition_assumed": "Alarm level (an assumption)",
    "definition_hours": "Hours lost",
    "definition_example": "Example",
    "definition_proposes": "Proposes",
    "definitions_kpis": "Key figures",
    "col_unit": "Unit",
    "col_definition": "Definition",
}
