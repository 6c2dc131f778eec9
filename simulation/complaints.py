"""What is wrong with a document (a model, a scenario), as one sentence in both languages."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mining.errors import FieldError
from mining.text import Text

_COMPLAINTS = {
    "missing": ("缺少此字段", "this field is missing"),
    "extra_forbidden": ("不认识此字段", "this field is not known"),
    "union_tag_invalid": ("kind 应为以下之一", "kind must be one of"),
    "union_tag_not_found": ("缺少 kind，应为以下之一", "kind is missing, must be one of"),
    "unknown_block": (
        "流程块应有以下之一：step、sequence、parallel、choice、loop、wait",
        "a block needs one of: step, sequence, parallel, choice, loop, wait",
    ),
    "model_type": ("应为“键: 值”的映射", "must be a mapping of keys to values"),
    "model_attributes_type": ("应为“键: 值”的映射", "must be a mapping of keys to values"),
    "dict_type": ("应为“键: 值”的映射", "must be a mapping of keys to values"),
    "string_type": ("应为文字", "must be text"),
    "float_parsing": ("应为数字", "must be a number"),
    "float_type": ("应为数字", "must be a number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be at least {ge}"),
    "less_than_equal": ("应不大于 {le}", "must be at most {le}"),
    "literal_error": ("应为以下之一：{expected}", "must be one of: {expected}"),
    "date_from_datetime_parsing": ("应为日期 YYYY-MM-DD", "must be a date YYYY-MM-DD"),
    "date_parsing": ("应为日期 YYYY-MM-DD", "must be a date YYYY-MM-DD"),
    "date_type": ("应为日期 YYYY-MM-DD", "must be a date YYYY-MM-DD"),
    "finite_number": ("应为有限的数（finite）", "must be a finite number"),
    "tuple_type": ("应为列表", "must be a list"),
    "too_short": ("列表不能为空", "the list must not be empty"),
    "too_long": ("最多 {max_length} 项", "at most {max_length} entries"),
}


def complaint(
    error: ValidationError,
    source: str,
    whole: str,
    *,
    not_levels: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
) -> Text:
    """The first complaint: file, field, what is wrong, what was found, how many more there are.

    `whole` names the document where no field is at fault; `not_levels` are levels pydantic adds that are not
    in the file; `tags` are listed where a kind is missing or unknown.
    """
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"] if part not in not_levels) or whole
    zh, en = _wrong(first)
    known_zh = known_en = ""
    if first["type"].startswith("union_tag"):
        expected = str(first.get("ctx", {}).get("expected_tags", "")).replace("'", "")
        names = tags or tuple(expected.split(", "))
        known_zh, known_en = f"：{'、'.join(names)}", f": {', '.join(names)}"
    found_zh = found_en = ""
    if first["type"] != "value_error":  # our own complaints say what they found
        found = _shortened(first["input"])
        found_zh, found_en = f"（现值：{found}）", f" (found: {found})"
    more = f" (+{error.error_count() - 1})" if error.error_count() > 1 else ""
    return Text(
        zh=f"{source}：字段 {field}：{zh}{known_zh}{found_zh}{more}",
        en=f"{source}: field {field}: {en}{known_en}{found_en}{more}",
    )


def _wrong(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong, in Chinese and English; of what pydantic alone knows, its English."""
    about = error.get("ctx", {})
    cause = about.get("error")
    if isinstance(cause, FieldError):
        return cause.text.zh, cause.text.en
    own = error["msg"].removeprefix("Value error, ")
    zh, en = _COMPLAINTS.get(error["type"], (own, own))
    expected = str(about.get("expected", "")).replace("'", "").replace(" or ", ", ")
    words = {name: f"{value:g}" if isinstance(value, float) else value for name, value in about.items()}
    words["expected"] = expected
    return zh.format(**words), en.format(**words)


def _shortened(value: object, limit: int = 80) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
