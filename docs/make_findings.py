"""Writes docs/findings.md from the definitions in the code: `python docs/make_findings.py [--check]`.

The text above the definitions is `docs/findings_introduction.md`.

With `--check` nothing is written: exit code 1 if the page is not what the code says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from mining.diagnostics import definitions  # noqa: E402 (after the path is set)
from mining.diagnostics.definition import Definition  # noqa: E402
from mining.kpi_formulas import KPI_FORMULAS, KpiFormula  # noqa: E402
from mining.measures import KPIS, Kpi  # noqa: E402
from mining.text import Text  # noqa: E402

PAGE = HERE / "findings.md"

INTRODUCTION = HERE / "findings_introduction.md"


def page() -> str:
    """The whole page, in both languages."""
    introduction = INTRODUCTION.read_text(encoding="utf-8")
    parts = [introduction, "## Diagnostics 诊断\n", _contents(), *(_definition(d) for d in definitions())]
    parts += ["## Key figures K1 to K22 指标\n", *(_formula(f) for f in KPI_FORMULAS)]
    parts += ["## Measures of a log 日志的量度\n", _measures(KPIS)]
    return "\n".join(parts)


def _contents() -> str:
    rows = ["| | diagnostic 诊断 | kinds 种类 |", "|---|---|---|"]
    rows += [f"| {_ids(d)} | {d.name.en} {d.name.zh} | {_code(d.kinds)} |" for d in _by_number(definitions())]
    return "\n".join(rows) + "\n"


def _by_number(all_of_them: Iterable[Definition]) -> list[Definition]:
    def number(definition: Definition) -> tuple[int, str]:
        digits = "".join(char for char in (*definition.ids, "D99")[0] if char.isdigit())
        return int(digits), definition.name.en

    return sorted(all_of_them, key=number)


def _ids(definition: Definition) -> str:
    return ", ".join(definition.ids) or "–"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _needs(definition: Definition) -> str:
    """Columns, with "or" between those of which one is enough."""
    return (
        ", ".join(" or ".join(f"`{name}`" for name in need.split(" or ")) for need in definition.needs) or "–"
    )


def _definition(definition: Definition) -> str:
    number = f" ({', '.join(definition.ids)})" if definition.ids else ""
    lines = [f"### {definition.name.en} {definition.name.zh}{number} · {_code(definition.kinds)}\n"]
    lines += [
        _line("Definition", "定义", definition.definition),
        _line("Formula", "公式", definition.formula),
        f"- **Columns 所需列.** {_needs(definition)}; better with 有则更好: {_code(definition.better_with)}",
        _line("Alarm", "报警", definition.alarm),
        _line("Hours", "工时", definition.hours),
        f"- **Proposes 建议.** {_code(definition.proposes)}",
        _line("Example", "例", definition.example),
    ]
    return "\n".join(lines) + "\n"


def _line(en: str, zh: str, text: Text) -> str:
    return f"- **{en} {zh}.** {text.en}\n  {text.zh}"


def _formula(formula: KpiFormula) -> str:
    lines = [f"### {formula.number} {formula.name.en} {formula.name.zh}\n"]
    lines.append(_line("Formula", "公式", formula.formula))
    where = [f"measure {_code(formula.measures)}"] if formula.measures else []
    where += [f"findings {_code(formula.kinds)}"] if formula.kinds else []
    lines.append(f"- **Where 何处.** {'; '.join(where) or 'simulation 仿真'}")
    lines.append(_line("Example", "例", formula.example))
    return "\n".join(lines) + "\n"


def _measures(kpis: Iterable[Kpi]) -> str:
    rows = ["| key | unit 单位 | name 名称 | definition 定义 |", "|---|---|---|---|"]
    for kpi in kpis:
        unit, name = f"{kpi.unit.en} {kpi.unit.zh}", f"{kpi.name.en} {kpi.name.zh}"
        rows.append(f"| `{kpi.key}` | {unit} | {name} | {kpi.definition.en} {kpi.definition.zh} |")
    return "\n".join(rows) + "\n"


def main(check: bool) -> int:
    """0 if the page is, or now is, up to date."""
    if check:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
