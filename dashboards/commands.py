"""What the commands do. Each prints either a short text for people or one JSON document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dashboards import printing
from dashboards.workers import worker_pool
from mining.errors import LogError
from mining.event_log import EventLog
from mining.text import Language, Text

if TYPE_CHECKING:
    from dashboards.mining_report import ReportOptions
    from mining.calendar_options import CalendarOptions
    from simulation.experiment import Experiment
    from simulation.service_model import ServiceModel


def progress(text: Text, language: Language) -> None:
    """One line on stderr; stdout belongs to the result."""
    typer.echo(text.in_language(language), err=True)


def print_json(document: object) -> None:
    """One JSON document on stdout, Chinese as it is."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> object:
    """NumPy scalars as Python numbers; anything else is a mistake."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not part of the JSON contract")


def read_log(
    path: str | Path,
    columns: Path | None,
    materials: Path | None,
    timezone: str | None,
    service: str | None,
    project: str,
    reading: Mapping[str, Any] | None = None,
    aliases: Path | None = None,
) -> EventLog:
    """The log, or the part of it that belongs to one item; people hashed with the salt of the project,
    documents by the names of `aliases` where given."""
    from mining.material_aliases import read_aliases
    from mining.material_merges import apply_aliases
    from mining.reading import read_event_log
    from mining.reading.salt import project_salt

    own = None if aliases is None else read_aliases(aliases)
    salt = project_salt(project)
    log = read_event_log(path, columns, materials=materials, timezone=timezone, salt=salt, **(reading or {}))
    if own is not None:
        log = apply_aliases(log, own)
    return log if service is None else only_service(log, service)


def read_calendar_options(country: str | None, hours: Path | None, overrides: Path | None) -> CalendarOptions:
    """What the options say about working hours and days; raises where a file or a country is not usable."""
    from mining.calendar_options import CalendarOptions, read_working_hours
    from mining.calendar_overrides import read_calendar_overrides
    from mining.country import check_country

    check_country(country)
    return CalendarOptions(
        country=country,
        hours=None if hours is None else read_working_hours(hours),
        overrides=None if overrides is None else read_calendar_overrides(overrides),
    )


def read_mining_options(
    hours: CalendarOptions, *, journey_gap: int | None, topics: Path | None
) -> ReportOptions:
    """What the options say about journeys, beside the working hours."""
    from dashboards.mining_report import ReportOptions
    from mining.topics import read_topics

    return ReportOptions(hours, journey_gap, None if topics is None else read_topics(topics))


def read_options(
    tables: Sequence[str],
    object_type: str | None,
    material_types: Sequence[str],
    sql_table: str | None,
    sql_query: str | None,
) -> dict[str, Any]:
    """What the options say about the source of a log, as arguments of `read_event_log`."""
    return {
        "tables": named_tables(tables),
        "object_type": object_type,
        "material_types": tuple(material_types),
        "table": sql_table,
        "query": sql_query,
    }


def with_finding_options(
    log: EventLog, protected: Path | None, show_officers: bool, policy_dates: Sequence[str]
) -> EventLog:
    """The log with a planner's protected steps added, officers by name if that was asked for, and the days on
    which a policy changed (`["2026-02-15=NAME"]`; raises `LogError` for anything else)."""
    from mining.policy_dates import read_policy_date, with_policy_dates
    from mining.protected_steps import read_protected_steps

    steps = log.options.protected if protected is None else read_protected_steps(protected)
    log = replace(log, options=replace(log.options, protected=steps, show_officers=show_officers))
    return with_policy_dates(log, [read_policy_date(date) for date in policy_dates])


def named_tables(options: Sequence[str]) -> dict[str, str]:
    """`["reviews=a.csv"]` as `{"reviews": "a.csv"}`; raises `LogError` for anything else."""
    named: dict[str, str] = {}
    for option in options:
        kind, sign, file = option.partition("=")
        if not sign or not file or kind in named:
            raise LogError(
                zh=f"--table {option}：应为 表名=文件，每个表名一次，例如 --table reviews=评价.csv。",
                en=f"--table {option}: must be KIND=FILE, each kind once, as in --table reviews=reviews.csv.",
            )
        named[kind] = file
    return named


def only_service(log: EventLog, service: str) -> EventLog:
    """The cases of one item, by name or code; raises `LogError` listing the items there are."""
    for table in (log.events, log.cases):
        for column in ("item_name", "item_code"):
            if column in table.columns and (table[column] == service).any():
                part = log.of_cases(table.loc[table[column] == service, "case_id"].unique())
                return replace(part, name=f"{log.name} / {service}")
    known: list[str] = sorted(
        {
            str(name)
            for table in (log.events, log.cases)
            if "item_name" in table.columns
            for name in table["item_name"].dropna().unique()
        }
    )
    raise LogError(
        zh=f"{log.name}：没有事项“{service}”；日志中的事项：{'、'.join(known[:20]) or '未记录'}。",
        en=f"{log.name}: no item {service!r}; items in the log: {', '.join(known[:20]) or 'none recorded'}.",
    )


def write_sample(
    name: str, directory: Path, *, days: int | None, seed: int, as_json: bool, language: Language
) -> None:
    """`onewindow sample`."""
    from sample_logs import generate_sample

    files = generate_sample(name, directory, days=days, seed=seed)
    own = {key: value for key, value in vars(files).items() if isinstance(value, Path)}
    paths = {key: str(path) for key, path in {**own, **files.tables}.items()}
    if as_json:
        print_json(paths)
    else:
        for path in paths.values():
            typer.echo(path)


def mine_log(
    log: EventLog,
    options: ReportOptions,
    *,
    output: Path | None,
    quality_tables: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """`onewindow mine`."""
    from dashboards.mining_report import mine_everything

    report = mine_everything(log, options)
    if quality_tables is not None:
        from dashboards.quality_files import write_quality_tables

        for path in write_quality_tables(log, report.quality, report.calendar, quality_tables, language):
            progress(Text(zh=f"已写入 {path}", en=f"Wrote {path}"), language)
    if output is not None:
        from dashboards.report import write_mining_report

        write_mining_report(report, output, language)
        progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    if as_json:
        print_json(report.to_json(language))
    elif output is None:
        printing.print_mining(report, language)


def write_aliases(
    log: EventLog, output: Path, *, replaces: Path | None, as_json: bool, language: Language
) -> None:
    """`onewindow aliases`; a file there is replaced only if its content was read with `--aliases`."""
    from mining.material_merges import aliases_file, material_names, propose_merges

    if output.exists() and (replaces is None or output.resolve() != replaces.resolve()):
        raise LogError(
            zh=f"{output} 已存在；要在其基础上更新，请加 --aliases {output}，否则请换一个文件名。",
            en=f"{output} exists already; add --aliases {output} to renew it, or choose another name.",
        )
    if not material_names(log).documents:
        raise LogError(
            zh=f"{log.name}：日志没有材料表，没有材料名称可列（可用 --materials 给出）。",
            en=f"{log.name}: the log has no table of materials, so no names to list (--materials gives one).",
        )
    try:
        output.write_text(aliases_file(log), encoding="utf-8", newline="\n")
    except OSError as error:
        raise LogError(
            zh=f"{output}：无法写入（{error.strerror}）。",
            en=f"{output}: cannot be written ({error.strerror}).",
        ) from error
    progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    names, proposals = material_names(log), propose_merges(log)
    if as_json:
        spellings = {document: [*names.spellings(document)] for document in names.documents}
        print_json({"documents": spellings, "proposed": [merge.to_json() for merge in proposals]})
    else:
        printing.print_merges(names, proposals, language)


def tell_definitions(*, as_json: bool, language: Language) -> None:
    """`onewindow definitions`."""
    from mining.diagnostics import definitions
    from mining.kpi_formulas import KPI_FORMULAS

    if as_json:
        diagnostics = [definition.to_json(language) for definition in definitions()]
        figures = [formula.to_json(language) for formula in KPI_FORMULAS]
        print_json({"diagnostics": diagnostics, "key_figures": figures})
    else:
        printing.print_definitions(definitions(), KPI_FORMULAS, language)


def calibrate_log(
    log: EventLog, options: CalendarOptions, output: Path, *, as_json: bool, language: Language
) -> None:
    """`onewindow calibrate`."""
    from simulation.calibration import calibrate
    from simulation.service_model import write_service_model

    model = calibrate(log, options)
    write_service_model(model, output)
    progress(Text(zh=f"模型已写入 {output}", en=f"Wrote the model to {output}"), language)
    if as_json:
        print_json(model.model_dump(mode="json"))
    else:
        printing.print_model(model, language)


def replication_counter(name: str, language: Language) -> Callable[[int, int], None]:
    """A callback that reports finished replications on stderr."""

    def report(done: int, total: int) -> None:
        progress(Text(zh=f"{name}：{done}/{total} 次仿真", en=f"{name}: {done}/{total} runs"), language)

    return report


def make_ready(engine: str, language: Language) -> None:
    """Compile the engine if this machine has not done so yet, with its progress on stderr."""
    from simulation.engines.compiled import is_ready, prepare

    if engine != "compiled" or is_ready():
        return
    told = -1

    def report(share: float) -> None:
        nonlocal told
        percent = int(share * 10) * 10
        if percent > told:
            told = percent
            progress(
                Text(
                    zh=f"首次使用，正在编译仿真引擎（仅一次）：{percent}%",
                    en=f"First use: compiling the engine, once on this machine: {percent} %",
                ),
                language,
            )

    prepare(report)


def simulate_model(
    model_path: Path,
    scenario_path: Path | None,
    *,
    days: int,
    replications: int,
    warm_up_days: int,
    seed: int,
    engine: str,
    workers: int,
    output: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """`onewindow simulate`."""
    from mining.writing import check_target, tables_left_out, write_event_log
    from simulation.experiment import run_experiment
    from simulation.redesign import read_scenario
    from simulation.service_model import read_service_model

    if output is not None:
        check_target(output)  # before a long run
    model = read_service_model(model_path)
    if scenario_path is not None:
        model = read_scenario(scenario_path).apply(model)
    name = model.name.in_language(language)
    make_ready(engine, language)
    with worker_pool(workers, engine, language) as executor:
        experiment = run_experiment(
            model,
            replications,
            days=days,
            warm_up_days=warm_up_days,
            seed=seed,
            engine=engine,
            executor=executor,
            on_progress=replication_counter(name, language),
        )
    if output is not None:
        write_event_log(experiment.log, output)
        progress(Text(zh=f"仿真日志已写入 {output}", en=f"Wrote the simulated log to {output}"), language)
        if left_out := ", ".join(tables_left_out(experiment.log, output)):
            progress(
                Text(
                    zh=f"单个文件只存事件，未写入的表：{left_out}；要全部写出，请给一个文件夹（不带扩展名）。",
                    en=f"A file holds the events only; not written: {left_out}. A folder (a name without "
                    "ending) holds all tables.",
                ),
                language,
            )
    if as_json:
        print_json(experiment.to_json(language))
    else:
        printing.print_experiment(experiment, language)


def compare_scenarios(
    model_path: Path,
    scenario_paths: list[Path],
    *,
    days: int,
    replications: int,
    warm_up_days: int,
    seed: int,
    engine: str,
    workers: int,
    output: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """`onewindow compare`: one scenario gives the contract's document, several give a list of them."""
    from simulation.comparison import compare
    from simulation.experiment import run_experiment
    from simulation.redesign import read_scenario
    from simulation.service_model import read_service_model

    model = read_service_model(model_path)
    scenarios = [read_scenario(path) for path in scenario_paths]
    changed = [(scenario, scenario.apply(model)) for scenario in scenarios]
    make_ready(engine, language)
    with worker_pool(workers, engine, language) as executor:

        def run(hall: ServiceModel, name: Text) -> Experiment:
            counter = replication_counter(name.in_language(language), language)
            return run_experiment(
                hall,
                replications,
                days=days,
                warm_up_days=warm_up_days,
                seed=seed,
                engine=engine,
                executor=executor,
                on_progress=counter,
            )

        before = run(model, model.name)
        comparisons = [
            compare(before, run(hall, scenario.name), scenario=scenario) for scenario, hall in changed
        ]
    if output is not None:
        from dashboards.report import write_comparison_report

        write_comparison_report(comparisons, output, language)
        progress(Text(zh=f"已写入 {output}", en=f"Wrote {output}"), language)
    if as_json:
        documents = [comparison.to_json(language) for comparison in comparisons]
        print_json(documents[0] if len(documents) == 1 else {"comparisons": documents})
    elif output is None:
        for comparison in comparisons:
            printing.print_comparison(comparison, language)
