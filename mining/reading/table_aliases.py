"""The headers of the tables beside the events, best first, as `aliases.py` has them for events.

From the national exchange tables (`up_pro_*`, `up_task_general_*`), the data items of GB/T 39046-2020 and
exports of queue machines (`CHQUEUE_*`).
"""

from __future__ import annotations

from mining.reading.aliases import CASE_ALIASES, EVENT_ALIASES, MATERIAL_ALIASES, Aliases, split_words

_CASE_ID = EVENT_ALIASES["case_id"]
_RATING = CASE_ALIASES["rating_1to5"]

# one row a case: 办件受理信息, 办件结果信息; dept, officer and result tell of its acceptance and its end
CASE_TABLE_ALIASES: Aliases = {
    "case_id": _CASE_ID,
    **{
        name: CASE_ALIASES[name]
        for name in (
            *("applicant_hash", "applicant_type", "ts_apply", "limit_statutory", "limit_promised"),
            *("limit_statutory_unit", "limit_promised_unit"),
        )
    },
    "case_type": (*CASE_ALIASES["case_type"], *split_words("办件类型代码 project_type 办理类型")),
    "ts_accept": EVENT_ALIASES["ts_accept"],
    "ts_promise": EVENT_ALIASES["ts_promise"],
    "ts_finish": CASE_ALIASES["ts_finish"],
    "final_result": (*CASE_ALIASES["final_result"], *split_words("result_type 办件状态 result_explain")),
    "item_code": EVENT_ALIASES["item_code"],
    "item_name": EVENT_ALIASES["item_name"],
    "channel": EVENT_ALIASES["channel"],
    "journey_id": EVENT_ALIASES["journey_id"],
    "rating_1to5": (*split_words("rating_1to5 满意度 满意度代码 satisfaction"), *_RATING),
    "commitment_check": CASE_ALIASES["commitment_check"],
    "region": CASE_ALIASES["region"],
    "dept": EVENT_ALIASES["dept"],
    "officer": (*split_words("受理人员 handle_user_name 办理人姓名"), *EVENT_ALIASES["officer"]),
}

TICKET_ALIASES: Aliases = {
    "ticket_no": (*EVENT_ALIASES["ticket_no"], *split_words("CHQUEUE_NO CHQUEUE_NUM 号码 票据号 number")),
    "case_id": split_words("case_id 办件编号 办件号 project_no 办件流水号 受理编号"),
    "date": split_words("date 日期 取号日期 业务日期 办理日期"),
    "ts_ticket": (*EVENT_ALIASES["ts_ticket"], *split_words("排队时间 打印时间 排队开始时间")),
    "ts_call": EVENT_ALIASES["ts_call"],
    "ts_left": split_words("ts_left 离开队列时间 排队结束时间"),
    "ts_start": (*split_words("ts_start 开始服务时间 开始办理时间"), *EVENT_ALIASES["ts_start"]),
    "ts_end": (*split_words("ts_end 结束服务时间 办结时间"), *EVENT_ALIASES["ts_end"]),
    "ts_booked": split_words("ts_booked 预约时间 预约时段 预约开始时间 booking_time"),
    "business": split_words(
        "business 业务名称 业务类型 排队业务 队列 队列名称 业务大类名 事项名称 queue_name queue service_name"
    ),
    "hall": (*EVENT_ALIASES["hall"], *split_words("服务厅 网点 网点名称")),
    "window": EVENT_ALIASES["window"],
    "officer": EVENT_ALIASES["officer"],
    "status": split_words(
        "status 状态 票号状态 排队状态 办理状态 CHQUEUE_STATUS 过号来源 result outcome 备注"
    ),
    "ticket_type": split_words("ticket_type 取号方式 取号类型 取号渠道 号票类型"),
    "priority": split_words("priority 优先级 优先"),
    "rating_1to5": _RATING,
    "service_duration": EVENT_ALIASES["service_duration"],
    "wait_duration": EVENT_ALIASES["wait_duration"],
}

CLOCK_STOP_ALIASES: Aliases = {
    "case_id": _CASE_ID,
    "kind": split_words(
        "kind 特别程序种类名称 special_name 特别程序名称 特别程序种类 特别程序种类代码 special_type TBCXZLMC "
        "TBCXZL 暂停类型 停表类型 stop_type"
    ),
    "ts_start": split_words(
        "ts_start 特别程序开始时间 special_time 特别程序开始日期 TBCXKSRQ TBCXKSSJ 暂停开始时间 暂停时间 "
        "停表开始时间 开始时间 start_time"
    ),
    "ts_end": split_words(
        "ts_end 特别程序结束时间 end_time 特别程序结束日期 TBCXJSRQ TBCXJSSJ 暂停结束时间 恢复时间 "
        "停表结束时间 结束时间"
    ),
    "reason": split_words(
        "reason 特别程序启动理由或依据 special_reason 启动理由或依据 TBCXQDLY 启动理由 暂停原因 停表原因 备注"
    ),
}

REVIEW_ALIASES: Aliases = {
    "rating_1to5": (*split_words("rating_1to5 满意度 满意度代码 satisfaction"), *_RATING),
    "ts": split_words("ts 评价时间 评价日期 review_time rated_at time timestamp 时间"),
    "case_id": _CASE_ID,
    "ticket_no": EVENT_ALIASES["ticket_no"],
    "dept": (*split_words("被评价部门 被评价单位"), *EVENT_ALIASES["dept"]),
    "window": EVENT_ALIASES["window"],
    "officer": (*split_words("被评价人 被评价人员"), *EVENT_ALIASES["officer"]),
    "channel": split_words("channel 评价渠道 评价来源 评价方式"),
    "text": split_words("text 文字评价 评价内容 评价详情 意见建议 comment"),
    "tags": split_words("tags 评价标签 评价指标 标签"),
}

COMPLAINT_ALIASES: Aliases = {
    "complaint_id": split_words("complaint_id 投诉编号 投诉编码 投诉件编号 工单编号 工单号"),
    "case_id": _CASE_ID,
    "dept": split_words("dept 被投诉单位 被投诉部门 投诉对象 department"),
    "window": EVENT_ALIASES["window"],
    "officer": split_words("officer 被投诉人 被投诉人员 经办人"),
    "ts_open": split_words("ts_open 投诉时间 投诉日期 受理时间 opened_at open_time"),
    "ts_close": split_words("ts_close 反馈时间 办结时间 答复时间 关闭时间 closed_at close_time"),
    "limit_promised": split_words("limit_promised 承诺时限 承诺办结时限 办理时限"),
    "text": split_words("text 投诉内容 投诉标题 内容"),
    "applicant_hash": split_words("applicant_hash"),
}

CATALOG_ALIASES: Aliases = {
    "item_code": EVENT_ALIASES["item_code"],
    "item_name": EVENT_ALIASES["item_name"],
    "dept": (*split_words("dept 实施主体 dept_name"), *EVENT_ALIASES["dept"]),
    "case_type": (*CASE_ALIASES["case_type"], *split_words("办件类型代码 project_type")),
    "limit_statutory": (*CASE_ALIASES["limit_statutory"], *split_words("法定期限")),
    "limit_statutory_unit": CASE_ALIASES["limit_statutory_unit"],
    "limit_promised": (*CASE_ALIASES["limit_promised"], *split_words("承诺期限")),
    "limit_promised_unit": CASE_ALIASES["limit_promised_unit"],
    "visits_promised": split_words("visits_promised 到办事现场次数 limit_scene_num 跑动次数 到现场次数"),
    "material_name": split_words("material_name 材料名称 申请材料名称 申请材料"),
    "issuer_dept": (*MATERIAL_ALIASES["issuer_dept"], *split_words("核发部门 来源渠道说明 source_explain")),
    "source": split_words("source 来源渠道 source_type 材料来源"),
    "e_licence": split_words("e_licence 是否有电子证照 是否电子证照 可用电子证照 是否支持电子证照 电子证照"),
}

DEVICE_ALIASES: Aliases = {
    "device_id": split_words("device_id 设备编号 设备号 设备名称 终端编号 device terminal_id"),
    "hall": EVENT_ALIASES["hall"],
    "ts": split_words("ts 时间 状态时间 上报时间 记录时间 time timestamp"),
    "state": split_words("state 设备状态 状态 运行状态 status"),
}

TABLE_ALIASES: dict[str, Aliases] = {
    "cases": CASE_TABLE_ALIASES,
    "materials": MATERIAL_ALIASES,
    "tickets": TICKET_ALIASES,
    "clock_stops": CLOCK_STOP_ALIASES,
    "reviews": REVIEW_ALIASES,
    "complaints": COMPLAINT_ALIASES,
    "catalog": CATALOG_ALIASES,
    "devices": DEVICE_ALIASES,
}
"""Table beside the events -> its columns with their headers. Some are read only to find others: `date`,
`ts_left` and durations of tickets, units of limits."""

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "cases": (("case_id",),),
    "materials": (("case_id",), ("material_name",)),
    "tickets": (("ts_ticket", "ts_call", "ts_start", "ts_end", "ts_booked"),),
    "clock_stops": (("case_id",), ("ts_start",)),
    "reviews": (("rating_1to5",),),
    "complaints": (("ts_open",),),
    "catalog": (("item_code", "item_name"),),
    "devices": (("device_id",), ("ts",), ("state",)),
}
"""What a table cannot do without: of each group at least one column, and in each row a value in one."""
