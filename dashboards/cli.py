"""The command line `onewindow`. Progress on stderr, results on stdout; bad input ends with exit code 2.

Heavy imports happen inside the commands, so that `--help` and errors answer at once.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from dashboards.languages import default_language
from mining.errors import OnewindowError
from mining.text import Language

app = typer.Typer(
    name="onewindow",
    help="Mine approval logs for waste, simulate one-window and parallel approval, compare before and after."
    " 一窗：挖掘审批日志中的浪费，仿真一窗受理与并联审批，比较改革前后。",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

LogPath = Annotated[
    str,
    typer.Argument(
        help="Event log, folder of tables or database URL 事件日志、数据表文件夹或数据库地址: "
        ".xes .csv .xlsx .parquet .jsonocel .sqlite postgresql://..."
    ),
]
ModelPath = Annotated[Path, typer.Argument(help="Service model 服务模型 (YAML)")]
Columns = Annotated[
    Path | None,
    typer.Option("--columns", help="YAML: column -> header, where headers are not recognised 列映射"),
]
Materials = Annotated[Path | None, typer.Option("--materials", help="Second table with materials 材料表")]
Tables = Annotated[
    list[str] | None,
    typer.Option("--table", help="KIND=FILE, e.g. reviews=reviews.csv; repeat it 另附一表，可重复"),
]
ObjectType = Annotated[
    str | None,
    typer.Option("--object-type", help="OCEL: the type of object that is the case 作为办件的对象类型"),
]
MaterialTypes = Annotated[
    list[str] | None,
    typer.Option("--material-type", help="OCEL: a type that is a material; repeat it 作为材料的类型，可重复"),
]
SqlTable = Annotated[str | None, typer.Option("--sql-table", help="Database: the table to read 数据表")]
SqlQuery = Annotated[
    str | None, typer.Option("--sql-query", help="Database: a SELECT to read instead 查询语句")
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", help="Zone of the hall 时区, e.g. Asia/Shanghai, for mixed offsets"),
]
Service = Annotated[str | None, typer.Option("--service", help="Only this item 只看该事项")]
Project = Annotated[
    str, typer.Option("--project", help="Hashes of people compare within a project 项目（哈希盐值）")
]
Aliases = Annotated[
    Path | None, typer.Option("--aliases", help="Names of documents that are one 材料别名 (YAML)")
]
Country = Annotated[
    str | None, typer.Option("--country", help="Holidays of 节假日国家: CN, NL, ..., none; else detected")
]
Hours = Annotated[Path | None, typer.Option("--hours", help="Working hours 工作时间 (YAML)")]
Overrides = Annotated[
    Path | None, typer.Option("--calendar-overrides", help="CSV 日历调整: date,is_workday,note")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout 输出 JSON")]
Lang = Annotated[Language | None, typer.Option("--lang", help="zh | en")]
Engine = Annotated[str, typer.Option(help="compiled | simpy (slower, the same result 较慢，结果相同)")]
Workers = Annotated[int, typer.Option(min=1, help="Runs at once 同时运行数")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the random numbers 随机种子")]
WarmUp = Annotated[
    int, typer.Option("--warm-up", min=0, help="Working days that fill the empty hall first 预热工作日数")
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="File to write 输出文件")]


@app.callback(invoke_without_command=True)
def dashboard(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1 端口")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window 打开浏览器")] = True,
) -> None:
    """Without a command: the dashboard on 127.0.0.1 with a sample log. 不带命令：打开仪表盘（示例日志）。"""
    if context.invoked_subcommand is None:
        from dashboards.launch import open_dashboard

        raise typer.Exit(open_dashboard(port=port, browser=browser))


@app.command()
def sample(
    name: Annotated[str, typer.Argument(help="Service 服务")] = "A",
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into 输出文件夹")] = Path(
        "sample"
    ),
    days: Annotated[
        int | None,
        typer.Option(
            min=1, help="Calendar days of the log; as many as the service needs 日志天数，默认按事项"
        ),
    ] = None,
    seed: Seed = 1,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write a sample log, its materials, the true model and the planted truth. 生成示例日志与埋设的真值。"""
    from dashboards.commands import write_sample

    write_sample(name, output, days=days, seed=seed, as_json=as_json, language=lang or default_language())


@app.command()
def mine(
    log: LogPath,
    columns: Columns = None,
    materials: Materials = None,
    table: Tables = None,
    object_type: ObjectType = None,
    material_type: MaterialTypes = None,
    sql_table: SqlTable = None,
    sql_query: SqlQuery = None,
    timezone: Timezone = None,
    service: Service = None,
    project: Project = "default",
    aliases: Aliases = None,
    country: Country = None,
    hours: Hours = None,
    calendar_overrides: Overrides = None,
    journey_gap: Annotated[
        int | None, typer.Option(min=0, help="Working days between items of a journey 一件事内最多间隔工作日")
    ] = None,
    topics: Annotated[Path | None, typer.Option(help="Topics of journeys 一件事清单 (YAML)")] = None,
    protected: Annotated[
        Path | None,
        typer.Option(
            "--protected", help="Steps never proposed for removal, beside the usual 受保护的环节 (YAML)"
        ),
    ] = None,
    show_officers: Annotated[
        bool, typer.Option("--show-officers", help="Officers by name, not by pseudonym 显示经办人姓名")
    ] = False,
    policy_date: Annotated[
        list[str] | None,
        typer.Option(help="A day a policy changed, 2026-02-15=NAME; repeatable 政策日期，可多次"),
    ] = None,
    output: Output = None,
    quality_tables: Annotated[
        Path | None,
        typer.Option(help="Folder for the rows behind each quality issue 数据质量问题逐行明细"),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Quality report, journeys, process map and findings. 数据质量、旅程、流程图与发现。"""
    from dashboards.commands import (
        mine_log,
        read_calendar_options,
        read_log,
        read_mining_options,
        read_options,
        with_finding_options,
    )

    options = read_mining_options(
        read_calendar_options(country, hours, calendar_overrides), journey_gap=journey_gap, topics=topics
    )
    reading = read_options(table or (), object_type, material_type or (), sql_table, sql_query)
    event_log = read_log(log, columns, materials, timezone, service, project, reading, aliases)
    mine_log(
        with_finding_options(event_log, protected, show_officers, policy_date or ()),
        options,
        output=output,
        quality_tables=quality_tables,
        as_json=as_json,
        language=lang or default_language(),
    )


@app.command("aliases")
def names_of_documents(
    log: LogPath,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to edit 待编辑的文件")] = Path(
        "aliases.yaml"
    ),
    columns: Columns = None,
    materials: Materials = None,
    table: Tables = None,
    object_type: ObjectType = None,
    material_type: MaterialTypes = None,
    sql_table: SqlTable = None,
    sql_query: SqlQuery = None,
    timezone: Timezone = None,
    service: Service = None,
    project: Project = "default",
    aliases: Aliases = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Names of documents merged now, and merges proposed, as a file to edit. 材料名称：已合并与待确认。"""
    from dashboards.commands import read_log, read_options, write_aliases

    reading = read_options(table or (), object_type, material_type or (), sql_table, sql_query)
    event_log = read_log(log, columns, materials, timezone, service, project, reading, aliases)
    language = lang or default_language()
    write_aliases(event_log, output, replaces=aliases, as_json=as_json, language=language)


@app.command()
def contrast(
    log: LogPath,
    after: Annotated[
        str | None, typer.Argument(help="Log after the reform; or give --reform-date 改革后的日志")
    ] = None,
    reform_date: Annotated[
        str | None, typer.Option(help="First day of the reform 改革日: 2026-03-01")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", help="Compare like cases by 按其比较同类办件: item,channel,applicant_type; none"
        ),
    ] = None,
    straddling: Annotated[
        str, typer.Option(help="Cases under way at the date 改革日在办的办件: washout | leave_out | assign")
    ] = "washout",
    columns: Columns = None,
    materials: Materials = None,
    materials_after: Annotated[
        Path | None, typer.Option(help="Materials of the second log 第二份日志的材料表")
    ] = None,
    timezone: Timezone = None,
    service: Service = None,
    project: Project = "default",
    country: Country = None,
    hours: Hours = None,
    calendar_overrides: Overrides = None,
    seed: Seed = 1,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Report 报告: .html .xlsx")] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Before and after of a real reform, measured on two logs or at a date. 真实改革前后对比（实测）。"""
    from dashboards.commands import read_calendar_options, read_log, read_mining_options
    from dashboards.contrast_command import contrast_command

    options = read_mining_options(
        read_calendar_options(country, hours, calendar_overrides), journey_gap=None, topics=None
    )
    before_log = read_log(log, columns, materials, timezone, service, project)
    after_log = None
    if after is not None:
        after_log = read_log(after, columns, materials_after, timezone, service, project)
    contrast_command(
        before_log,
        after_log,
        options,
        reform_date=reform_date,
        by=by,
        straddling=straddling,
        seed=seed,
        output=output,
        as_json=as_json,
        language=lang or default_language(),
    )


@app.command()
def definitions(as_json: Json = False, lang: Lang = None) -> None:
    """How each diagnostic and key figure is defined. 每个诊断与指标如何定义。"""
    from dashboards.commands import tell_definitions

    tell_definitions(as_json=as_json, language=lang or default_language())


@app.command()
def calibrate(
    log: LogPath,
    output: Annotated[Path, typer.Option("-o", "--output", help="Model to write 输出模型")] = Path(
        "model.yaml"
    ),
    columns: Columns = None,
    materials: Materials = None,
    table: Tables = None,
    object_type: ObjectType = None,
    material_type: MaterialTypes = None,
    sql_table: SqlTable = None,
    sql_query: SqlQuery = None,
    timezone: Timezone = None,
    service: Service = None,
    project: Project = "default",
    aliases: Aliases = None,
    country: Country = None,
    hours: Hours = None,
    calendar_overrides: Overrides = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Estimate a service model, with the evidence for each parameter. 由日志估计服务模型及其依据。"""
    from dashboards.commands import calibrate_log, read_calendar_options, read_log, read_options

    options = read_calendar_options(country, hours, calendar_overrides)
    reading = read_options(table or (), object_type, material_type or (), sql_table, sql_query)
    event_log = read_log(log, columns, materials, timezone, service, project, reading, aliases)
    calibrate_log(event_log, options, output, as_json=as_json, language=lang or default_language())


@app.command()
def simulate(
    model: ModelPath,
    scenario: Annotated[Path | None, typer.Option(help="Scenario to apply first 方案 (YAML)")] = None,
    days: Annotated[int, typer.Option(min=1, help="Measured working days 统计工作日数")] = 40,
    replications: Annotated[int, typer.Option(min=2, help="Runs for the intervals 重复次数")] = 10,
    warm_up: WarmUp = 20,
    seed: Seed = 1,
    engine: Engine = "compiled",
    workers: Workers = 2,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Simulated log 仿真日志: .parquet .csv .xes .xes.gz, or a folder 或文件夹"
        ),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Simulate a hall: indicators with intervals, and the simulated log. 仿真：指标及区间、仿真日志。"""
    from dashboards.commands import simulate_model

    simulate_model(
        model,
        scenario,
        days=days,
        replications=replications,
        warm_up_days=warm_up,
        seed=seed,
        engine=engine,
        workers=workers,
        output=output,
        as_json=as_json,
        language=lang or default_language(),
    )


@app.command()
def compare(
    model: ModelPath,
    scenarios: Annotated[list[Path], typer.Argument(help="Scenarios 方案 (YAML)")],
    days: Annotated[int, typer.Option(min=1, help="Measured working days 统计工作日数")] = 40,
    replications: Annotated[int, typer.Option(min=2, help="Pairs of runs 配对重复次数")] = 10,
    warm_up: WarmUp = 20,
    seed: Seed = 1,
    engine: Engine = "compiled",
    workers: Workers = 2,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Report 报告: .html .xlsx")] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Before and after with paired differences and 95 % intervals. 改革前后对比（配对差与 95% 区间）。"""
    from dashboards.commands import compare_scenarios

    compare_scenarios(
        model,
        scenarios,
        days=days,
        replications=replications,
        warm_up_days=warm_up,
        seed=seed,
        engine=engine,
        workers=workers,
        output=output,
        as_json=as_json,
        language=lang or default_language(),
    )


@app.command()
def conform(
    log: LogPath,
    model: Annotated[Path, typer.Argument(help="Official model 规定流程: .bpmn, or a list of steps .yaml")],
    columns: Columns = None,
    timezone: Timezone = None,
    service: Service = None,
    project: Project = "default",
    output: Output = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """A log against the official way: deviations and what they cost. 对照规定流程：偏差及其代价。"""
    from dashboards.commands import read_log
    from dashboards.conformance_command import hold_against, show_conformance

    found = hold_against(read_log(log, columns, None, timezone, service, project), model)
    show_conformance(found, output=output, as_json=as_json, language=lang or default_language())


@app.command("import-prosimos")
def import_prosimos_model(
    diagram: Annotated[Path, typer.Argument(help="Prosimos 的流程图 BPMN diagram")],
    parameters: Annotated[Path, typer.Argument(help="Prosimos 的仿真参数 simulation parameters (JSON)")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Model to write 写入的模型 (YAML)")],
    start: Annotated[
        str | None, typer.Option("--start", help="Day 0, YYYY-MM-DD; else a Monday 起始日期，默认某个星期一")
    ] = None,
    lang: Lang = None,
) -> None:
    """Carry a Prosimos simulation over to a service model. 将 Prosimos 仿真模型转换为服务模型。"""
    from dashboards.importing_command import import_model

    import_model(diagram, parameters, output, start=start, language=lang or default_language())


def check_packages_belong_together() -> None:
    """Our top-level names are common words: another distribution may have overwritten one of them."""
    homes = {}
    for name in ("mining", "simulation", "dashboards", "sample_logs"):
        spec = importlib.util.find_spec(name)
        locations = list(spec.submodule_search_locations or []) if spec else []
        homes[name] = Path(locations[0]).resolve().parent if locations else None
    if len(set(homes.values())) > 1:
        found = ", ".join(f"{name}: {home}" for name, home in homes.items())
        raise OnewindowError(
            zh=f"程序包不在同一文件夹（{found}）：请在独立环境中重新安装 onewindow。",
            en=f"The packages come from different folders ({found}): reinstall in an environment of its own.",
        )


def main() -> None:
    """Entry point: an `OnewindowError` becomes one sentence on stderr and exit code 2."""
    try:
        check_packages_belong_together()
        app()
    except OnewindowError as error:
        typer.echo(error.in_language(asked_language(sys.argv)), err=True)
        sys.exit(2)


def asked_language(arguments: list[str]) -> Language:
    """The language of the command line: `--lang zh`, `--lang=zh`, else the default."""
    for position, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return default_language()


if __name__ == "__main__":
    main()
