"""Everything mining says about one log, gathered once for the command line, the report and the screen."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mining.diagnostics import explain_missing, find_all
from mining.event_log import EventLog
from mining.findings import Finding
from mining.journeys import journey_ids
from mining.measures import measure
from mining.process_map import ProcessMap, discover_process_map
from mining.quality import QualityReport
from mining.quality_checks import quality_of
from mining.text import Language, Text, same
from mining.variants import Variant, find_variants
from mining.working_time import WorkingCalendar
from simulation.calibration import calibrate_hall_calendar

MAX_VARIANTS = 20


@dataclass(frozen=True)
class MiningReport:
    """A log with its map, variants, measures and findings, and what could not be looked at."""

    log: EventLog
    quality: QualityReport  # of reading, and of the checks of the whole log
    calendar: WorkingCalendar
    calendar_source: Text  # how the working hours are known
    journeys: int
    measures: dict[str, float]
    process_map: ProcessMap
    variants: list[Variant]
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
            "journeys": {"journeys": self.journeys, **self.measures},
            "map": asdict(self.process_map),
            "variants": {
                "total": len(self.variants),
                "shown": min(len(self.variants), MAX_VARIANTS),
                "most_frequent": [asdict(variant) for variant in self.variants[:MAX_VARIANTS]],
            },
            "findings": [finding.to_json(language) for finding in self.findings],
            "not_looked_at": [text.in_language(language) for text in self.not_run],
            "calendar": {
                **self.calendar.model_dump(mode="json", exclude_defaults=True),
                "source": self.calendar_source.in_language(language),
            },
        }


def checked_quality(log: EventLog) -> tuple[QualityReport, WorkingCalendar]:
    """The quality report with the checks of the whole log, in the working hours the log shows."""
    calendar = calibrate_hall_calendar(log).calendar
    return quality_of(log, calendar), calendar


def mine_everything(log: EventLog) -> MiningReport:
    """Map, variants, measures and findings of a log; times are working time of the hours the log shows."""
    hall = calibrate_hall_calendar(log)
    calendar = hall.calendar
    return MiningReport(
        log=log,
        quality=quality_of(log, calendar),
        calendar=calendar,
        calendar_source=hall.evidence.note or same(hall.evidence.source),
        journeys=int(journey_ids(log).nunique()),
        measures=measure(log, calendar),
        process_map=discover_process_map(log, calendar),
        variants=find_variants(log),
        findings=find_all(log, calendar),
        not_run=explain_missing(log),
    )
