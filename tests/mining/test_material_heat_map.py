"""The heat map material x department: the module's example, and sums that must hold."""

from __future__ import annotations

import pandas as pd
import pytest

from mining.diagnostics.duplicate_materials import duplicate_rate
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN
from mining.material_heat_map import find_material_heat_map


def example(hand_log):
    rows = [
        ("c", "登记", None, "Mon 09:00", {"dept": "市监局", "result": PASS, "reason": None}),
        (
            "c",
            "核税",
            None,
            "Mon 11:00",
            {"dept": "税务局", "result": RETURN, "reason": "身份证；签字"},
        ),
        ("c", "核税", None, "Tue 11:00", {"dept": "税务局", "result": PASS, "reason": None}),
    ]
    papers = [
        ("登记", "市监局", "居民身份证", "Mon 08:50", 1),
        ("核税", "税务局", "身份证", "Mon 10:50", 1),
        ("核税", "税务局", "身份证（复印件）", "Tue 10:50", 2),
        ("登记", "市监局", "章程", "Mon 08:50", 1),
        ("登记", None, "章程", "Mon 08:55", 1),
    ]
    names = ("activity", "dept", "material_name", "ts_received", "attempt_no")
    materials = [
        {"case_id": "c", "file_row": n, **dict(zip(names, row, strict=True))}
        for n, row in enumerate(papers, start=2)
    ]
    return hand_log(rows, materials=materials)


def test_the_example_of_the_module(hand_log):
    log = example(hand_log)
    found = find_material_heat_map(log)
    assert found.documents == ("居民身份证", "章程")
    assert found.departments == ("市监局", "税务局")
    assert found.submissions.tolist() == [[1, 1], [1, 0]]
    assert found.avoidable.tolist() == [[0, 1], [0, 0]]
    assert found.returns.tolist() == [[0, 1], [0, 0]]
    assert (found.department_unknown, found.returns_known) == (1, True)
    # one avoidable of the four that count is at an unknown department
    assert duplicate_rate(log) == pytest.approx(2 / 4)


def test_returns_without_reasons_are_unknown_not_zero(hand_log):
    log = hand_log(
        [("c", "登记", None, "Mon 09:00", {})],
        materials=[
            {"case_id": "c", "activity": "登记", "dept": "市监局", "material_name": "章程", "file_row": 2}
        ],
    )
    found = find_material_heat_map(log)
    assert not found.returns_known
    assert found.to_json()["returns"] is None
    assert found.to_json()["submissions"] == [[1]]


def test_departments_are_needed(hand_log):
    log = hand_log(
        [("c", "登记", None, "Mon 09:00", {})], materials=[{"case_id": "c", "material_name": "章程"}]
    )
    with pytest.raises(MissingColumnsError, match="heat map"):
        find_material_heat_map(log)
    assert isinstance(log.materials, pd.DataFrame)
