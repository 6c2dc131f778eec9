"""The headers each column goes by, best first.

Chinese headers come from the national 办件库 tables (up_pro_accept, up_pro_process, ...), GB/T 39046-2020,
queueing and tax-hall systems; English ones from XES, Disco, bupaR and simulation benchmarks. Compared after
`fold_header`, so case, spaces, `_`, `-` and brackets with units do not matter.
"""

from __future__ import annotations

import re
import unicodedata

Aliases = dict[str, tuple[str, ...]]

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕|<[^>]*>")
_IGNORED = re.compile(r"[\s_\-*]+")


def fold_header(header: str) -> str:
    """A header as it is compared: NFKC, no spaces, brackets or units, lower case.

    `办理时长 （秒）` and `Case ID` become `办理时长` and `caseid`.
    """
    text = unicodedata.normalize("NFKC", header)
    bare = _IGNORED.sub("", _BRACKETS.sub("", text))
    return (bare or _IGNORED.sub("", text)).casefold()


def split_words(text: str) -> tuple[str, ...]:
    """Aliases written as one text, separated by spaces."""
    return tuple(text.split())


EVENT_ALIASES: Aliases = {
    "case_id": split_words(
        "case:concept:name case_id case case_number case_no 办件编号 办件号 办件流水号 project_no "
        "申办流水号 SBLSH 业务流水号 YWLSH 受理编号 受理号 申请编号 申请号 案件编号 业务编号 "
        "application_id application_no process_instance_id trace_id 流水号 patient_id patient"
    ),
    "activity": split_words(
        "concept:name activity activity_name 环节名称 办理环节名称 process_name 办理环节 环节 步骤 "
        "步骤名称 节点名称 节点 活动 活动名称 task step step_name event event_name handling 业务动作"
    ),
    "activity_code": split_words("activity_code"),
    "activity_label": split_words("activityNameEN activity_name_en activity_label activity_description"),
    "ts_end": split_words(
        "ts_end end_timestamp end_time complete_timestamp completion_time complete_time finish_time "
        "环节结束时间 event_end_time 结束时间 完成时间 办理结束时间 结束服务时间 CHQUEUE_ETIME end"
    ),
    "ts_start": split_words(
        "ts_start start_timestamp start_time 环节开始时间 event_start_time 开始时间 开始服务时间 "
        "接诊时间 办理开始时间 CHQUEUE_STIME begin_time start 办理时间"
    ),
    "time": split_words(
        "time:timestamp time timestamp event_time datetime date_time 时间 操作时间 处理时间 发生时间 时间戳"
    ),
    "lifecycle": split_words(
        "lifecycle:transition lifecycle transition registration_type lifecycle_id event_type 环节状态 "
        "事件类型"
    ),
    "instance": split_words(
        "concept:instance activity_instance_id activity_instance handling_id instance_id"
    ),
    "journey_id": split_words("journey_id 一件事编号 主题办件号 投资项目编号 项目代码 联办编号"),
    "item_code": split_words(
        "item_code 实施编码 task_code 基本编码 catalog_code 事项编码 SXBM 业务办理项编码"
    ),
    "item_name": split_words(
        "item_name 事项名称 task_name 事项 业务办理项名称 业务名称 业务类型 业务大类名 明细业务名 "
        "排队业务 service_name"
    ),
    "dept": split_words(
        "org:group dept department 受理部门 org_name 受理单位名称 受理单位 处理单位名称 办理单位名称 "
        "办理单位 实施主体 dept_name 办理部门 承办部门 部门名称 部门 group 服务厅"
    ),
    "hall": split_words("hall 大厅名称 大厅 办事大厅 服务大厅 服务中心"),
    "window": split_words("window 窗口名称 窗口 窗口号 windowName window_no counter"),
    "officer": split_words(
        "org:resource officer resource 受理人员 环节处理人 办理人 办理人员 经办人 操作人员 操作员工 "
        "员工名称 受理员工名 handle_user_name 处理人 操作人 user employee performer agent"
    ),
    "channel": split_words(
        "channel 办理形式 办理方式 申报来源代码 申报来源 收取方式 申请类型 apply_type 申请渠道 申请方式 渠道"
    ),
    "place": split_words("place 办理地点 办理场所 服务场所"),
    "ticket_no": split_words("ticket_no 排队号 排队号码 票号 排队编号 PDH ticket"),
    "visit_id": split_words("visit_id 到场编号"),
    "visit_no": split_words("visit_no"),
    "ts_enabled": split_words("ts_enabled enabled_time enabled_timestamp"),
    "ts_ticket": split_words("ts_ticket 取号时间 getTime CHQUEUE_TICKETTIME 到达时间 签到时间 ticket_time"),
    "ts_call": split_words("ts_call 叫号时间 呼叫时间 CHQUEUE_CALLTIME call_time"),
    "ts_accept": split_words("ts_accept 受理时间 accept_date accept_time"),
    "ts_promise": split_words("ts_promise 承诺办结时间 promise_date"),
    "service_duration": split_words("service_duration 办理时长 受理时长 服务时长 CHQUEUE_BLTIME"),
    "wait_duration": split_words("wait_duration 等待时长 等候时长 CHQUEUE_WAITTIME"),
    "result": split_words(
        "result 环节结果 环节办理结果 办理结果 办结结果 result_type 办件结果描述 办件状态 状态 业务动作 "
        "outcome"
    ),
    "reason": split_words("reason 办理意见 handle_explain 环节处理意见 处理意见 补正原因 退回原因 备注"),
    "materials": split_words("materials 材料清单 提交材料 申请材料 材料名称 material_name"),
    "issues": split_words("issues 出具证照 出具文书 产出证照 发放证照"),
}

CASE_ALIASES: Aliases = {
    "applicant_hash": split_words("applicant_hash"),
    "journey_origin": split_words("journey_origin"),
    "applicant_type": split_words("applicant_type 申请人类型 申请者类型 服务对象 applyer_type"),
    "case_type": split_words("case_type 办件类型"),
    "ts_apply": split_words("ts_apply 申请时间 apply_date 申办时间 apply_time"),
    "ts_finish": split_words("ts_finish 办结时间 result_date BJSJ finish_date"),
    "final_result": split_words("final_result 最终结果 办件结果 办结结果"),
    "limit_statutory": split_words("limit_statutory 法定办结时限 法定时限 anticipate_day"),
    "limit_promised": split_words("limit_promised 承诺办结时限 承诺时限 promise_day"),
    "limit_statutory_unit": split_words(
        "limit_statutory_unit 法定办结时限单位 anticipate_type anticipate_day_type"
    ),
    "limit_promised_unit": split_words("limit_promised_unit 承诺办结时限单位 promise_type promise_day_type"),
    "rating_1to5": split_words(
        "rating_1to5 满意度 满意度代码 评价结果值 PJRESULT 评价结果 评价 评价星级 星级 stars"
    ),
    "commitment_check": split_words("commitment_check 承诺核查结果 告知承诺核查结果"),
    "region": split_words("region 行政区划 区划 所在区域 区域"),
}

# of the case in XES (`case:` in front), of the row elsewhere
CASE_OR_EVENT_ALIASES: Aliases = {
    "item_code": EVENT_ALIASES["item_code"],
    "item_name": (*EVENT_ALIASES["item_name"], "parts"),
    "channel": EVENT_ALIASES["channel"],
    "ts_accept": EVENT_ALIASES["ts_accept"],
}

# Who the applicant is: hashed (the first found) or left out, never kept as written.
IDENTITY_ALIASES = split_words(
    "证件号码 申请人证件号码 申请人证件号 证件号 身份证号码 身份证号 身份证 公民身份号码 "
    "applyer_page_code id_number id_card id_no 统一社会信用代码 社会信用代码 纳税人识别码 纳税人识别号 "
    "applicant_id 申请人编号 customer_id 客户编号 手机号码 手机号 手机 申请人手机 联系电话 联系人手机 "
    "电话号码 电话 phone phone_number mobile applyer_mobile 申请者名称 申请人名称 applyer_name "
    "申请人姓名 申请人 投诉人名称 投诉人姓名 投诉人 申请单位 企业名称 客户姓名 客户名称 患者姓名 姓名 "
    "法定代表人 法人姓名 法人代表 联系人姓名 联系人 applicant_name applicant customer_name contact_name "
    "邮箱 电子邮箱 email 联系地址 通讯地址 住址 地址 address 银行账号 银行卡号"
)
_PERSONAL = re.compile(
    "姓名|身份证|身份号码|证件号|手机|电话|住址|地址|邮箱|银行卡|银行账|信用代码|纳税人|phone|mobile|email|passport|address",
    re.IGNORECASE,
)

MATERIAL_ALIASES: Aliases = {
    "case_id": EVENT_ALIASES["case_id"],
    "material_name": split_words("material_name 材料名称 申请材料名称 材料"),
    "activity": split_words(
        "activity 环节名称 办理环节名称 办理环节 环节 步骤 concept:name step process_name"
    ),
    "dept": split_words(
        "dept 受理部门 接收部门 办理单位名称 受理单位名称 org_name department dept_name 部门"
    ),
    "material_code": split_words("material_code 材料编码 材料代码"),
    "form": split_words("form 材料形式 材料类型 收取方式 get_type material_type"),
    "copies": split_words("copies 份数 收取数量 get_num 原件份数 复印件份数"),
    "issuer_dept": split_words("issuer_dept 出具机构 出具部门 出具单位 发证机关 issuer"),
    "source": split_words("source 来源渠道 source_type 材料来源 来源"),
    "ts_received": split_words("ts_received 收取时间 提交时间 收件时间 接收时间 received_time"),
    "attempt_no": split_words("attempt_no 提交次数 第几次提交"),
    "issued_by_step": split_words("issued_by_step 出具环节"),
    "channel": split_words("channel 收取渠道 提交方式 提交渠道"),
    "required": split_words("required 是否必备材料 材料必要性 是否必要"),
    "ts_valid_until": split_words("ts_valid_until 有效期至 有效期截止 证照有效期至 有效截止日期 valid_until"),
}

# a running number of the row says nothing about it: rows that differ in nothing else are duplicates
ROW_NUMBER_HEADERS = frozenset(split_words("序号 行号 rownumber rowno rowid index unnamed:0 no 编号"))


def is_identity(header: str) -> bool:
    """Whether a header names the applicant or something that leads to the applicant."""
    folded = fold_header(header)
    return folded in _IDENTITY_FOLDED or _PERSONAL.search(header) is not None


def fold_aliases(aliases: Aliases) -> dict[str, dict[str, int]]:
    """Folded alias -> {column: rank of the alias}, rank 0 being the best."""
    index: dict[str, dict[str, int]] = {}
    for column, names in aliases.items():
        for rank, name in enumerate(names):
            index.setdefault(fold_header(name), {}).setdefault(column, rank)
    return index


_IDENTITY_FOLDED = {fold_header(name): rank for rank, name in reversed(list(enumerate(IDENTITY_ALIASES)))}


def identity_rank(header: str) -> int:
    """How well a header identifies a person or company, 0 being the best."""
    return _IDENTITY_FOLDED.get(fold_header(header), len(IDENTITY_ALIASES))
