"""Everything mining says about one log, gathered once for the command line, the report and the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeVar

from mining.calendar_options import READ_OFF_THE_LOG, CalendarOptions
from mining.columns import log_columns
from mining.diagnostics import explain_missing, find_all
from mining.diagnostics.time_limits import latest_due_ms
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding
from mining.journeys import journey_ids
from mining.material_graph import MaterialGraph, find_material_graph
from mining.material_heat_map import MaterialHeatMap, find_material_heat_map
from mining.material_merges import propose_merges
from mining.measures import measure
from mining.official_days import calendar_banner
from mining.process_map import ProcessMap, discover_process_map
from mining.quality import QualityReport
from mining.quality_checks import quality_of
from mining.sharing import DocumentSharing, find_sharing
from mining.stitching import STITCHED, Stitching, stitch_journeys, with_journeys
from mining.text import Language, Text, same
from mining.topics import Topics
from mining.variants import Variant, find_variants
from mining.visit_rates import Rate, visit_rates
from mining.working_time import MS_PER_DAY, OFFICE_HOURS, WorkingCalendar, date_of
from simulation.calibration import calibrate_hall_calendar

T = TypeVar("T")
MAX_VARIANTS = 20


@dataclass(frozen=True)
class ReportOptions:
    """What a planner tells before a log is mined; None is an assumption or what the log shows."""

    hours: CalendarOptions = READ_OFF_THE_LOG
    max_gap_working_days: int | None = None
    topics: Topics | None = None


AS_THE_LOG_SHOWS = ReportOptions()


@dataclass(frozen=True)
class MiningReport:
    """A log with its map, variants, measures and findings, and what could not be looked at."""

    log: EventLog
    quality: QualityReport  # of reading, and of the checks of the whole log
    calendar: WorkingCalendar
    calendar_source: Text  # how the working hours and holidays are known
    calendar_banner: Text | None  # its holidays are a guess for a part of the dates
    journeys: int
    stitching: Stitching
    measures: dict[str, float]
    visit_rates: dict[str, Rate]
    process_map: ProcessMap
    variants: list[Variant]
    documents: tuple[DocumentSharing, ...]
    material_graph: MaterialGraph | None  # None where the log does not tell what steps issue
    material_heat_map: MaterialHeatMap | None  # None where it knows no departments or documents
    findings: list[Finding]
    not_run: list[Text]

    def to_json(self, language: Language) -> dict[str, object]:
        """One document: log, quality, journeys, map, variants (the most frequent), findings."""
        return {
            "log": {
                "name": self.log.name,
                "cases": self.log.n_cases,
                "events": self.log.n_events,
                "steps": len(self.log.activities),
                "first": str(self.log.events["time"].min()),
                "last": str(self.log.events["time"].max()),
                "simulated": self.log.simulated,
            },
            "quality": self.quality.to_json(language),
            "journeys": {
                "journeys": self.journeys,
                **self.measures,
                **{f"{name}_rate": rate.to_json() for name, rate in self.visit_rates.items()},
                "stitching": self.stitching.to_json(language),
            },
            "map": asdict(self.process_map),
            "variants": {
                "total": len(self.variants),
                "shown": min(len(self.variants), MAX_VARIANTS),
                "most_frequent": [asdict(variant) for variant in self.variants[:MAX_VARIANTS]],
            },
            "materials": {
                "documents": [each.to_json(language) for each in self.documents],
                "proposed_merges": [merge.to_json() for merge in propose_merges(self.log)],
                "graph": self.material_graph.to_json() if self.material_graph else None,
                "heat_map": self.material_heat_map.to_json() if self.material_heat_map else None,
            },
            "findings": [finding.to_json(language) for finding in self.findings],
            "not_looked_at": [text.in_language(language) for text in self.not_run],
            "calendar": {
                **self.calendar.model_dump(mode="json", exclude_defaults=True),
                "source": self.calendar_source.in_language(language),
                "warning": self.calendar_banner.in_language(language) if self.calendar_banner else None,
            },
        }


def checked_quality(log: EventLog) -> tuple[QualityReport, WorkingCalendar]:
    """The quality report with the checks of the whole log, in the working hours the log shows."""
    calendar = calibrate_hall_calendar(log).calendar
    return quality_of(log, calendar), calendar


def mine_everything(log: EventLog, options: ReportOptions = AS_THE_LOG_SHOWS) -> MiningReport:
    """Map, variants, measures and findings of a log, its items stitched into journeys; times are working time
    of the hours the log shows."""
    hall = calibrate_hall_calendar(log, options.hours)
    calendar = hall.calendar
    log, stitching = stitched(log, calendar, options)
    return MiningReport(
        log=log,
        quality=quality_of(log, calendar),
        calendar=calendar,
        calendar_source=hall.evidence.note or same(hall.evidence.source),
        calendar_banner=_banner(log, calendar),
        journeys=int(journey_ids(log).nunique()),
        stitching=stitching,
        measures=measure(log, calendar),
        visit_rates=visit_rates(log),
        process_map=discover_process_map(log, calendar),
        variants=find_variants(log, calendar),
        documents=find_sharing(log),
        material_graph=_if_known(lambda: find_material_graph(log, calendar)),
        material_heat_map=_if_known(lambda: find_material_heat_map(log)),
        findings=find_all(log, calendar),
        not_run=explain_missing(log),
    )


def stitched(log: EventLog, calendar: WorkingCalendar, options: ReportOptions) -> tuple[EventLog, Stitching]:
    """The log with its items stitched into journeys, and how they were."""
    working_days = _official_working_days(calendar, options.hours)
    stitching = stitch_journeys(log, options.max_gap_working_days, options.topics, working_days)
    return with_journeys(log, stitching) if STITCHED in stitching.origin else log, stitching


def _official_working_days(calendar: WorkingCalendar, options: CalendarOptions) -> WorkingCalendar:
    """Monday to Friday with the country's official days: gaps between items do not hang on a hall's hours."""
    official = OFFICE_HOURS.model_copy(update={"country": calendar.country})
    return official if options.overrides is None else options.overrides.on(official)


def _if_known(find: Callable[[], T]) -> T | None:
    """What `find` gives, or None where the log lacks the columns it needs."""
    try:
        return find()
    except MissingColumnsError:
        return None


def _banner(log: EventLog, calendar: WorkingCalendar) -> Text | None:
    """Whether the log, or a limit in it, reaches beyond the years of official holidays."""
    if log.n_events == 0:
        return None
    time = log_columns(log).time_ms
    first, last = int(time.min()), max(int(time.max()), latest_due_ms(log, calendar) or 0)
    return calendar_banner(calendar.country, date_of(first // MS_PER_DAY), date_of(last // MS_PER_DAY))
