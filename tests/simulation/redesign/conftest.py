"""A small hall with everything the levers touch, and the same hall as a flow learnt from a log."""

import pytest

from simulation.service_model import ServiceModel, service_model_from

HALL = {
    "name": {"zh": "小厅", "en": "Small hall"},
    "start_date": "2026-03-02",
    "calendars": {
        "厅": {"weekly": {d: ["09:00-12:00", "13:00-17:00"] for d in ("mon", "tue", "wed", "thu", "fri")}}
    },
    "materials": [
        {"name": "身份证", "issuer_dept": "公安", "minutes_to_check": 1},
        {"name": "章程", "minutes_to_check": 2},
        {"name": "申请表", "minutes_to_check": 1},
        {"name": "执照", "issuer_dept": "市监"},
        {"name": "印章", "issuer_dept": "公安"},
        {"name": "回执", "issuer_dept": "公安"},
    ],
    "pools": [
        {"name": "市监窗口", "dept": "市监"},
        {"name": "刻章窗口", "dept": "公安"},
        {"name": "税务窗口", "dept": "税务"},
        {"name": "自助机"},
    ],
    "members": [
        {"name": "市监-1", "serves": ["市监窗口"], "calendar": "厅"},
        {"name": "市监-2", "serves": ["市监窗口"], "calendar": "厅", "speed": 0.5},
        {"name": "刻章-1", "serves": ["刻章窗口"], "calendar": "厅"},
        {"name": "税务-1", "serves": ["税务窗口"], "calendar": "厅", "step_speeds": {"税务": 2.0}},
        {"name": "机动", "serves": ["税务窗口", "刻章窗口"], "calendar": "厅"},
        {"name": "机-1", "serves": ["自助机"], "calendar": "厅"},
    ],
    "steps": [
        {
            "name": "设立",
            "dept": "市监",
            "place": "counter",
            "pool": "市监窗口",
            "duration": {"kind": "constant", "minutes": 10},
            "materials": [
                {"material": "身份证", "defect_chance": 0.1},
                {"material": "章程", "defect_chance": 0.1},
                {"material": "申请表"},
            ],
            "issues": ["执照"],
        },
        {
            "name": "刻章",
            "dept": "公安",
            "place": "counter",
            "pool": "刻章窗口",
            "duration": {"kind": "constant", "minutes": 5},
            "materials": [{"material": "执照"}, {"material": "身份证", "defect_chance": 0.1}],
            "issues": ["回执"],
        },
        {
            "name": "刻制",
            "dept": "公安",
            "calendar": "厅",
            "duration": {"kind": "constant", "minutes": 300},
            "materials": [{"material": "回执", "shared": True}],
            "issues": ["印章"],
        },
        {
            "name": "税务",
            "dept": "税务",
            "place": "counter",
            "pool": "税务窗口",
            "duration": {"kind": "constant", "minutes": 20},
            "materials": [
                {"material": "执照"},
                {"material": "身份证", "defect_chance": 0.1},
                {"material": "章程", "defect_chance": 0.2},
                {"material": "印章"},
            ],
        },
        {
            "name": "查询",
            "place": "kiosk",
            "pool": "自助机",
            "duration": {"kind": "constant", "minutes": 3},
        },
    ],
    "flow": {
        "sequence": [
            {"step": "设立"},
            {"sequence": [{"step": "刻章"}, {"step": "刻制"}]},
            {"step": "税务"},
            {
                "choice": [{"step": "查询"}, {"sequence": []}],
                "name": "查不查",
                "table": {"rows": [{"after": [], "weights": [1, 3]}]},
            },
        ]
    },
    "arrivals": [
        {"name": "到场", "per_day": 20, "calendar": "厅", "half_hour_weights": {"09:00": 1, "14:00": 1}}
    ],
    "visits": {"calendar": "厅"},
    "evidence": {"steps.查询.duration": {"source": "assumed"}},
}

CHAIN = {
    "loop": {
        "choice": [{"step": name} for name in ("税务", "刻制", "刻章", "设立")],
        "name": "下一环节",
        "table": {
            "rows": [
                {"after": [], "weights": [0, 0, 0, 1]},
                {"after": ["设立"], "weights": [1, 0, 9, 0]},
                {"after": ["刻章"], "weights": [0, 1, 0, 0]},
                {"after": ["刻制"], "weights": [1, 0, 0, 0]},
            ]
        },
    },
    "name": "继续",
    "table": {"rows": [{"after": [], "weights": [1, 0]}, {"after": ["税务"], "weights": [0, 1]}]},
}


@pytest.fixture
def hall() -> ServiceModel:
    """设立 -> 刻章 -> 刻制 -> 税务 -> perhaps 查询."""
    return service_model_from(HALL)


@pytest.fixture
def chain() -> ServiceModel:
    """The same steps as a chain that looks back at the last step."""
    return service_model_from({**HALL, "flow": CHAIN})
