"""Finding: one piece of waste, where it is, how much it costs, how we know, what could be done."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue

from mining.text import Language, Text


class Proposal(BaseModel):
    """A redesign a finding suggests: the lever's name and its parameters, filled from the evidence.

    `lever` is one of the kinds of `simulation.redesign` ("remove_step", "one_window",
    "parallel_approval", "share_materials"); mining names it without importing it.
    """

    model_config = ConfigDict(frozen=True)

    lever: str
    parameters: dict[str, JsonValue]
    caution: Text | None = None  # what must be checked first: a legal basis, a four-eyes rule


class Effect(BaseModel):
    """The figure a finding rests on, with its interval.

    `name` is the name of a measure with its unit ("avoidable_copies_share", "extra_minutes_mean"); evidence
    words of the screens know it. `n` counts what it was measured on (decisions, journeys, tickets). `low` and
    `high` are the ends of the `level` interval, None where the measure has none (an exact count).
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    low: float | None
    high: float | None
    n: int
    level: float = 0.95


class Finding(BaseModel):
    """One piece of waste in a log.

    `share` is of all cases (0 to 1) unless the kind's documentation says otherwise, and is None where a share
    has no meaning. `hours_lost_per_year` is in hours of people, scaled from the log's span to a year: the sum
    of `citizen_hours_lost_per_year` (in the hall, on the way, preparing copies) and
    `official_hours_lost_per_year` (officers busy with what was not needed), each None where the log cannot
    tell it. Time a case lay while nobody stood there is in `evidence` (`case_waiting_hours_per_year`; see
    docs/decisions/0007). `effect` is what the alarm level was held against. Numbers in `evidence` carry their
    unit in their name.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    title: Text
    where: dict[str, JsonValue]
    cases: int
    share: float | None
    hours_lost_per_year: float | None
    citizen_hours_lost_per_year: float | None = None
    official_hours_lost_per_year: float | None = None
    effect: Effect | None = None
    evidence: dict[str, JsonValue]
    example_cases: tuple[str, ...] = ()
    proposes: tuple[Proposal, ...] = ()

    @property
    def case_waiting_hours_per_year(self) -> float | None:
        """The hours cases lay while nobody stood there, from the evidence; None where it does not tell."""
        hours = self.evidence.get("case_waiting_hours_per_year")
        return float(hours) if isinstance(hours, int | float) else None

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """The contract of the command line; see docs."""
        return {
            "kind": self.kind,
            "title": self.title.in_language(language),
            "where": self.where,
            "cases": self.cases,
            "share": self.share,
            "hours_lost_per_year": self.hours_lost_per_year,
            "citizen_hours_lost_per_year": self.citizen_hours_lost_per_year,
            "official_hours_lost_per_year": self.official_hours_lost_per_year,
            "effect": None if self.effect is None else self.effect.model_dump(),
            "evidence": {**self.evidence, "example_cases": list(self.example_cases)},
            "proposes": [
                {
                    "lever": proposal.lever,
                    "parameters": proposal.parameters,
                    "caution": proposal.caution.in_language(language) if proposal.caution else None,
                }
                for proposal in self.proposes
            ],
        }
