"""A simulated log as the tables a hall exports: Chinese headers, names as people write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mining.event_log import APPLICANT, BACK_OFFICE, BY_APPLICANT, COUNTER, KIOSK, ONLINE, EventLog
from sample_logs.noise import spelled, uniforms
from simulation.service_model import ServiceModel

EVENT_HEADERS = {
    "case_id": "办件编号",
    "item_name": "事项名称",
    "activity": "环节名称",
    "dept": "办理单位名称",
    "window": "窗口",
    "officer": "经办人",
    "channel": "办理形式",
    "place": "办理地点",
    "ts_ticket": "取号时间",
    "ts_start": "开始时间",
    "ts_end": "结束时间",
    "result": "办结结果",
    "reason": "办理意见",
    "materials": "材料清单",
    "issues": "出具证照",
}
MATERIAL_HEADERS = {
    "case_id": "办件编号",
    "activity": "环节名称",
    "dept": "受理部门",
    "material_name": "材料名称",
    "form": "材料形式",
    "copies": "份数",
    "issuer_dept": "出具机构",
    "source": "来源渠道",
    "ts_received": "收取时间",
    "attempt_no": "提交次数",
    "issued_by_step": "出具环节",
}
PLACE_WORDS = {
    COUNTER: "窗口",
    KIOSK: "自助终端",
    ONLINE: "网上",
    BACK_OFFICE: "后台",
    APPLICANT: "申请人",
}
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


def event_table(log: EventLog) -> pd.DataFrame:
    """Events in the order in which they began, times to the second; canonical column names."""
    events = log.events.sort_values(["ts_start", "case_id", "file_row"], kind="stable")
    table = events[[name for name in EVENT_HEADERS if name in events.columns]].reset_index(drop=True)
    return _to_the_second(table.assign(place=table["place"].map(PLACE_WORDS)))


def material_table(log: EventLog, model: ServiceModel, seed: int, noise: bool) -> pd.DataFrame:
    """Documents in the order of their arrival; canonical column names.

    With `noise` each document is written in one of the spellings the model lists for it.
    """
    materials = log.materials.sort_values(["ts_received", "case_id", "file_row"], kind="stable")
    materials = materials.reset_index(drop=True)
    address = [materials[name] for name in ("case_id", "activity", "attempt_no", "material_name")]
    names = materials["material_name"]
    if noise:
        spellings = {material.name: material.spellings for material in model.materials}
        names = spelled(names, spellings, uniforms(seed, "spelling", *address))
    made_by_applicant = materials["issuer_dept"].isna()
    by_applicant = materials["source"] == BY_APPLICANT
    form = pd.Series("电子文件", index=materials.index, dtype=object)
    form[by_applicant] = "复印件"
    form[by_applicant & made_by_applicant] = "原件"
    form[names.str.contains("原件")] = "原件"
    table = materials.assign(material_name=names, form=form, copies=1)
    return _to_the_second(table[[name for name in MATERIAL_HEADERS if name in table.columns]])


def write_table(table: pd.DataFrame, headers: dict[str, str], path: Path) -> None:
    """Write a table as CSV that Excel opens with Chinese headers: UTF-8 with a byte order mark, LF."""
    written = table.rename(columns=headers)
    for name in written.columns:
        if pd.api.types.is_datetime64_dtype(written[name]):
            written[name] = written[name].dt.strftime(TIME_FORMAT)
    written.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _to_the_second(table: pd.DataFrame) -> pd.DataFrame:
    times = {
        name: table[name].dt.floor("s")
        for name in table.columns
        if pd.api.types.is_datetime64_dtype(table[name])
    }
    return table.assign(**times)
