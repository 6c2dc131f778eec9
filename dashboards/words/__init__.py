"""Every word of the screens, in Chinese and English. A test holds that both have the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dashboards.words import en, evidence_en, evidence_zh, pages_en, pages_zh, watch_en, watch_zh, zh
from mining.text import Language, Text

MINUTES_PER_HOUR = 60.0
MINUTES_PER_WORKING_DAY = 420.0  # 9-12 and 13-17, the office hours assumed where a log tells nothing


@dataclass(frozen=True)
class Words:
    """The words of one language: `w("map_title")`, with values filled in: `w("n_cases", n=5)`."""

    language: Language
    table: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key; raises KeyError for a key no language has."""
        return self.table[key].format(**values) if values else self.table[key]

    def has(self, key: str) -> bool:
        """Whether there is such a key; for keys made from the kinds in data."""
        return key in self.table

    def of(self, text: Text) -> str:
        """A text from below the screens."""
        return text.in_language(self.language)

    def count(self, n: int) -> str:
        """A whole number with thousands separators."""
        return f"{n:,}"

    def number(self, value: float | None, decimals: int = 1) -> str:
        """A number with one decimal, or a dash where it is unknown."""
        if value is None or value != value:
            return self("unknown_short")
        return f"{value:,.{decimals}f}"

    def signed(self, value: float | None, decimals: int = 1) -> str:
        """A difference with its sign (a real minus)."""
        if value is None or value != value:
            return self("unknown_short")
        return f"{value:+,.{decimals}f}".replace("-", "−")

    def value(self, kpi: str, value: float) -> str:
        """A key figure: shares as percentages, small numbers with two decimals. The unit stands beside it."""
        return self.percent(value) if _is_share(kpi) else self.number(value, 2 if abs(value) < 1 else 1)

    def unit(self, kpi: str, unit: Text) -> str:
        """The unit beside `value`: none for shares, whose percent sign stands there already."""
        return "" if _is_share(kpi) else self.of(unit)

    def titled(self, key: str, name: Text, unit: Text) -> str:
        """A key figure's name with its unit in brackets, unless the name says it already."""
        shown, title = self.unit(key, unit), self.of(name)
        return self("with_unit", name=title, unit=shown) if shown and shown not in title else title

    def signed_value(self, kpi: str, value: float, *, with_unit: bool = True) -> str:
        """A difference of key figures with its sign; shares differ by percentage points."""
        if _is_share(kpi):
            points = self.signed(value * 100)
            return self("points", n=points) if with_unit else points
        return self.signed(value, 2 if abs(value) < 1 else 1)

    def percent(self, share: float | None) -> str:
        """A share of 0 to 1 as a percentage."""
        return self("unknown_short") if share is None or share != share else f"{share:.1%}"

    def duration(self, minutes: float | None) -> str:
        """Working minutes as minutes, hours or working days of 7 hours, with the unit."""
        if minutes is None or minutes != minutes:
            return self("unknown_short")
        if minutes < 1.5 * MINUTES_PER_HOUR:
            return self("minutes", n=f"{minutes:.0f}" if minutes >= 10 else f"{minutes:.1f}")
        if minutes < 2 * MINUTES_PER_WORKING_DAY:
            return self("hours", n=f"{minutes / MINUTES_PER_HOUR:.1f}")
        return self("working_days", n=f"{minutes / MINUTES_PER_WORKING_DAY:,.1f}")


def _is_share(kpi: str) -> bool:
    return kpi.endswith("_share") or kpi.startswith("utilisation")


TABLES: dict[Language, dict[str, str]] = {
    "zh": {**zh.WORDS, **pages_zh.WORDS, **evidence_zh.WORDS, **watch_zh.WORDS},
    "en": {**en.WORDS, **pages_en.WORDS, **evidence_en.WORDS, **watch_en.WORDS},
}


@cache
def words(language: Language) -> Words:
    """The words of a language."""
    return Words(language, TABLES[language])
