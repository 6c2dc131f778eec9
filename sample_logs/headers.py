"""Headers and words of the exported tables: those of the national exchange tables and of queue machines."""

from __future__ import annotations

from mining.event_log import APPLICANT, BACK_OFFICE, COUNTER, DOWN, KIOSK, OFF, ONLINE, UP

EVENT_HEADERS = {
    "case_id": "办件编号",
    "item_name": "事项名称",
    "activity": "环节名称",
    "dept": "办理单位名称",
    "window": "窗口",
    "officer": "经办人",
    "channel": "办理形式",
    "place": "办理地点",
    "ts_accept": "受理时间",
    "ts_promise": "承诺办结时间",
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
CASE_HEADERS = {
    "case_id": "办件编号",
    "applicant_hash": "申请人名称",
    "item_name": "事项名称",
    "channel": "办理形式",
    "case_type": "办件类型",
    "ts_apply": "申请时间",
    "ts_accept": "受理时间",
    "ts_finish": "办结时间",
    "final_result": "办结结果",
    "limit_statutory": "法定办结时限(工作日)",
    "limit_promised": "承诺办结时限(工作日)",
    "commitment_check": "承诺核查结果",
}
TICKET_HEADERS = {
    "ticket_no": "排队号",
    "business": "排队业务",
    "window": "窗口",
    "officer": "员工名称",
    "ts_booked": "预约时间",
    "ts_ticket": "取号时间",
    "ts_call": "叫号时间",
    "ts_start": "开始服务时间",
    "ts_end": "结束时间",
    "status": "状态",
    "ticket_type": "取号类型",
}
CLOCK_STOP_HEADERS = {
    "case_id": "办件编号",
    "kind": "特别程序种类",
    "ts_start": "特别程序开始时间",
    "ts_end": "特别程序结束时间",
    "reason": "启动理由或依据",
}
REVIEW_HEADERS = {
    "case_id": "办件编号",
    "dept": "办理单位名称",
    "window": "窗口",
    "officer": "经办人",
    "channel": "评价渠道",
    "ts": "评价时间",
    "rating_1to5": "满意度",
}
COMPLAINT_HEADERS = {
    "complaint_id": "投诉编号",
    "case_id": "办件编号",
    "applicant_hash": "投诉人名称",
    "dept": "被投诉单位",
    "window": "窗口",
    "officer": "被投诉人",
    "ts_open": "投诉时间",
    "ts_close": "办结时间",
    "limit_promised": "承诺时限",
}
CATALOG_HEADERS = {
    "item_name": "事项名称",
    "case_type": "办件类型",
    "limit_statutory": "法定办结时限(工作日)",
    "limit_promised": "承诺办结时限(工作日)",
    "visits_promised": "到办事现场次数",
    "material_name": "材料名称",
    "issuer_dept": "出具机构",
    "source": "来源渠道",
    "e_licence": "是否电子证照",
}
DEVICE_HEADERS = {"device_id": "设备编号", "ts": "时间", "state": "设备状态"}

MORE_HEADERS = {
    "cases": CASE_HEADERS,
    "tickets": TICKET_HEADERS,
    "clock_stops": CLOCK_STOP_HEADERS,
    "reviews": REVIEW_HEADERS,
    "complaints": COMPLAINT_HEADERS,
    "catalog": CATALOG_HEADERS,
    "devices": DEVICE_HEADERS,
}
"""Tables beside events and materials: their names and headers."""

PLACE_WORDS = {
    COUNTER: "窗口",
    KIOSK: "自助终端",
    ONLINE: "网上",
    BACK_OFFICE: "后台",
    APPLICANT: "申请人",
}
DEVICE_STATE_WORDS = {UP: "正常", DOWN: "故障", OFF: "停机"}
RATING_WORDS = {5.0: "非常满意", 4.0: "满意", 3.0: "基本满意", 2.0: "不满意", 1.0: "非常不满意"}
YES_NO_WORDS = {"yes": "是", "no": "否"}
WORDS = {"state": DEVICE_STATE_WORDS, "rating_1to5": RATING_WORDS, "e_licence": YES_NO_WORDS}
"""How a value is written, by column; other columns are written as they are."""
