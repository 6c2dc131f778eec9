"""The catalogue of key figures K1 to K22: formula, where a log tells it, and a worked example each.

`measures` are keys of `mining.measures.KPIS`, `kinds` kinds of findings that carry the figure in their
evidence. K10 counts the steps of journeys; what only a model can tell (K16) or needs prices (K20) has neither
and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from mining.text import Language, Text


@dataclass(frozen=True)
class KpiFormula:
    """One key figure of the catalogue."""

    number: str
    name: Text
    formula: Text
    example: Text
    measures: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def to_json(self, language: Language) -> dict[str, JsonValue]:
        """All of it, texts in one language."""
        return {
            "number": self.number,
            "name": self.name.in_language(language),
            "formula": self.formula.in_language(language),
            "example": self.example.in_language(language),
            "measures": [*self.measures],
            "kinds": [*self.kinds],
        }


_FROM_THE_MODEL = Text(zh="日志不能直接给出，由仿真得出。", en="A log does not tell it; the simulation does.")

KPI_FORMULAS: tuple[KpiFormula, ...] = (
    KpiFormula(
        "K1",
        Text(zh="平均等待", en="Mean wait"),
        Text(
            zh="Σ(叫号或开始 − 取号) / 服务次数，分钟。", en="Σ(call or start − ticket) / services, minutes."
        ),
        Text(zh="等 10、20、60 分钟：平均 30 分钟。", en="Waits of 10, 20 and 60 minutes: 30 on average."),
        measures=("wait_minutes_mean",),
        kinds=("waiting", "queue"),
    ),
    KpiFormula(
        "K2",
        Text(zh="90 分位等待", en="90th percentile wait"),
        Text(
            zh="等待的 90 分位（线性插值），分钟。",
            en="90th percentile of the waits, linear between two, minutes.",
        ),
        Text(zh="等 1、2、…、11 分钟：90 分位 10 分钟。", en="Waits of 1, 2, …, 11 minutes: 10."),
        measures=("wait_minutes_p90",),
        kinds=("waiting", "queue"),
    ),
    KpiFormula(
        "K3",
        Text(zh="等待达标率", en="Waits within the target"),
        Text(zh="等待不超过 T 分钟的次数 / 等待次数。", en="Waits of at most T minutes / all waits."),
        Text(zh="T = 30，20 次中 16 次达标：80 %。", en="T = 30, 16 of 20 within: 80 %."),
        kinds=("queue",),
    ),
    KpiFormula(
        "K4",
        Text(zh="弃号率", en="Abandoned tickets"),
        Text(zh="弃号数 / 取号数。", en="Tickets abandoned / tickets taken."),
        Text(zh="200 张号中 6 张弃号：3 %。", en="6 of 200 tickets: 3 %."),
        measures=("abandonment_share",),
        kinds=("queue",),
    ),
    KpiFormula(
        "K5",
        Text(zh="平均办结用时", en="Cycle time"),
        Text(
            zh="已办结办件：申请（或首次取号、首个事件）→ 办结的工作分钟 / 每日工作分钟；平均与 90 分位；另按"
            "自然日。",
            en="Finished cases: working minutes from application (or first ticket or event) to finish / "
            "working minutes "
            "of a day; mean and 90th percentile; in calendar days beside it.",
        ),
        Text(
            zh="周一 9:00 申请、周二 10:00 办结，每日 7 小时：8 / 7 = 1.14 个工作日。",
            en="Applied Monday 9:00, finished Tuesday 10:00, 7 hours a day: 8 / 7 = 1.14 working days.",
        ),
        measures=(
            "cycle_time_working_days_mean",
            "cycle_time_working_days_p90",
            "cycle_time_calendar_days_mean",
            "cycle_time_calendar_days_p90",
        ),
        kinds=("time_decomposition", "time_to_reach"),
    ),
    KpiFormula(
        "K6",
        Text(zh="按期办结率", en="On-time share"),
        Text(zh="按期办结 /（已办结 + 逾期未结）。", en="Done in time / (done + open and overdue)."),
        Text(
            zh="办结 36 件、其中 30 件按期，4 件逾期未结：30 / 40 = 75 %。",
            en="36 done, 30 in time, 4 open and overdue: 30 / 40 = 75 %.",
        ),
        kinds=("late_cases", "done_at_the_limit"),
    ),
    KpiFormula(
        "K7",
        Text(zh="承诺压缩比", en="Promise compression"),
        Text(zh="Σ(法定 − 承诺) / Σ法定，工作日。", en="Σ(statutory − promised) / Σstatutory, working days."),
        Text(zh="法定 20 日、承诺 5 日：75 %。", en="20 days by law, 5 promised: 75 %."),
        kinds=("late_cases",),
    ),
    KpiFormula(
        "K8",
        Text(zh="跑动次数、最多跑一次率、零跑动率", en="Visits, at most one visit, no visit"),
        Text(
            zh="V = 一件事的到场次数（同日间隔不足 4 小时算一次）；平均 V、P(V ≤ 1)、P(V = 0)，只计已办结的一"
            "件事。",
            en="V = visits of a journey (presence with gaps under 4 hours on one day is one); mean V, P(V ≤ "
            "1), "
            "P(V = 0), over finished journeys.",
        ),
        Text(
            zh="V = 0、1、1、3：平均 1.25 次，最多跑一次率 75 %，零跑动率 25 %。",
            en="V = 0, 1, 1, 3: 1.25 on average, at most one 75 %, none 25 %.",
        ),
        measures=("visits_per_journey_mean", "at_most_one_visit_share", "no_visit_share"),
        kinds=("avoidable_visit",),
    ),
    KpiFormula(
        "K9",
        Text(zh="材料数与重复提交率", en="Documents and duplicate rate"),
        Text(
            zh="申请人提交的材料份次 / 已办结的一件事；重复提交率 = Σ(n − 1)⁺ / Σn。",
            en="Documents the applicant handed in / finished journeys; duplicate rate = Σ(n − 1)⁺ / Σn.",
        ),
        Text(
            zh="一件事交身份证 3 次、章程 1 次：4 份，重复率 2 / 4 = 50 %。",
            en="Identity card 3 times, articles once: 4 documents, 2 / 4 = 50 %.",
        ),
        measures=("materials_per_journey_mean",),
        kinds=("duplicate_material",),
    ),
    KpiFormula(
        "K10",
        Text(zh="环节数", en="Steps"),
        Text(
            zh="事件数 / 已办结的一件事，重复的环节每次都算。",
            en="Events / finished journeys; a step done twice counts twice.",
        ),
        Text(zh="两件事各经 5 与 7 个环节：6。", en="Two journeys of 5 and 7 events: 6."),
        measures=("steps_per_journey_mean",),
    ),
    KpiFormula(
        "K11",
        Text(zh="一次通过率", en="First-time right"),
        Text(zh="1 − 有补正的办件 / 有决定的办件。", en="1 − cases returned / cases decided on."),
        Text(zh="100 件中 30 件补正：70 %。", en="30 of 100 cases returned: 70 %."),
        measures=("first_time_right_share",),
        kinds=("rework",),
    ),
    KpiFormula(
        "K12",
        Text(zh="白跑率", en="Wasted trips"),
        Text(zh="白跑的到场 / 全部到场。", en="Wasted visits / all visits."),
        Text(zh="十次到场一次只得到补正：10 %。", en="One of ten visits brought nothing but a return: 10 %."),
        kinds=("wasted_trips",),
    ),
    KpiFormula(
        "K13",
        Text(zh="网办深度", en="Online service"),
        Text(
            zh="线上开始、窗口结束的办件 / 线上开始的办件（回落率）；线上开始而未提交的比例。",
            en="Cases begun online and finished at a counter / cases begun online; share given up online.",
        ),
        Text(
            zh="线上开始 100 件，20 件到窗口办完：回落率 20 %。",
            en="Of 100 begun online 20 end at a counter: 20 %.",
        ),
        kinds=("online_fallback", "online_given_up"),
    ),
    KpiFormula(
        "K14",
        Text(zh="日办结量", en="Throughput"),
        Text(zh="期间内办结的办件 / 期间内的工作日。", en="Cases finished in the window / its working days."),
        Text(zh="两个工作日办结 1 件：0.5 件/日。", en="One case in two working days: 0.5 a day."),
        measures=("throughput_per_day",),
    ),
    KpiFormula(
        "K15",
        Text(zh="窗口利用率与均衡", en="Utilisation and balance of counters"),
        Text(
            zh="利用率 = 办理分钟 / 开放分钟；均衡 = 各窗口利用率的标准差 / 平均。",
            en="Utilisation = minutes of service / open minutes; balance = sd / mean over the counters.",
        ),
        Text(zh="0.90 与 0.04：平均 0.47，变异系数 0.91。", en="0.90 and 0.04: mean 0.47, coefficient 0.91."),
        measures=("utilisation_mean",),
        kinds=("uneven_counters",),
    ),
    KpiFormula(
        "K16",
        Text(zh="人力", en="Staff needed"),
        Text(
            zh="达到等待目标所需的窗口数。" + _FROM_THE_MODEL.zh,
            en="Counters needed for the target of waits. " + _FROM_THE_MODEL.en,
        ),
        Text(
            zh="每日 42 件、每件 9 分钟共 6.3 小时：一个窗口忙 90 %，等待陡增，需仿真两个窗口。",
            en="42 services of 9 minutes a day are 6.3 hours: one counter is 90 % busy and waits grow "
            "steeply; simulate "
            "two.",
        ),
    ),
    KpiFormula(
        "K17",
        Text(zh="差评率", en="Bad ratings"),
        Text(
            zh="每一万条评价中的差评（1–2 分）与主动评价率；按窗口与月比较业务量。",
            en="Bad ratings (1 or 2) in ten thousand, and the share rated at all; compared with volume by "
            "counter "
            "and month.",
        ),
        Text(zh="2,000 条评价中 3 条差评：万分之 15。", en="3 of 2,000 ratings: 15 in ten thousand."),
        kinds=("volume_over_quality",),
    ),
    KpiFormula(
        "K18",
        Text(zh="投诉", en="Complaints"),
        Text(
            zh="逾期未结或逾期办结的投诉 / 投诉；90 天内重复投诉的比例；每万件投诉数。",
            en="Complaints closed late or open and overdue / complaints; share repeated within 90 days; "
            "complaints "
            "in ten thousand cases.",
        ),
        Text(zh="40 件投诉、4 件逾期：10 %。", en="4 of 40 complaints late: 10 %."),
        kinds=("complaints_overdue", "complaints_repeated"),
    ),
    KpiFormula(
        "K19",
        Text(zh="自助设备可用率", en="Availability of kiosks"),
        Text(zh="正常时间 /（正常 + 故障）时间。", en="Time up / (time up + time down)."),
        Text(zh="200 小时正常、4 小时故障：98.0 %。", en="200 hours up, 4 down: 98.0 %."),
        kinds=("kiosk_availability",),
    ),
    KpiFormula(
        "K20",
        Text(zh="办事成本", en="Burden cost"),
        Text(
            zh="Σ(在场 + 路程 + 准备的小时) × 时薪 + 费用。本页只给工时（各发现的群众工时）；时薪与费用由用户"
            "给定。",
            en="Σ(hours on site + travel + preparation) × wage + fees. Findings give the hours of citizens; "
            "wage and fees "
            "are the user's.",
        ),
        Text(
            zh="一次跑动：等 0.5 小时 + 路程 1 小时 = 1.5 小时。",
            en="One visit: half an hour of waiting + an hour of travel = 1.5 hours.",
        ),
        kinds=("avoidable_visit", "wasted_trips", "duplicate_material", "waiting"),
    ),
    KpiFormula(
        "K21",
        Text(zh="公平性", en="Fairness"),
        Text(
            zh="现场取号者与预约者的等待之差，分钟。",
            en="Wait of walk-ins less the wait of those with a booking, minutes.",
        ),
        Text(zh="现场 40 分钟、预约 10 分钟：差 30 分钟。", en="Walk-ins 40, booked 10 minutes: 30."),
        kinds=("walk_ins_wait_longer",),
    ),
    KpiFormula(
        "K22",
        Text(zh="信息共享替代率", en="Documents shared"),
        Text(
            zh="共享、电子证照替代的提交 / 全部材料；反面：可共享仍要求提交的比例。",
            en="Documents fetched or replaced / all documents; its reverse: share that could be shared and "
            "is asked for.",
        ),
        Text(
            zh="税务局要执照、身份证与申请表：3 份中 2 份可共享而未共享。",
            en="Licence, identity card and form asked for: 2 of 3 could be shared and are not.",
        ),
        kinds=("sharable_material", "e_licence_replaceable"),
    ),
)
