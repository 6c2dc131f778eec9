"""Names of documents without what says in which form, and how often, a document is handed in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from mining.data_files import project_file

_COUNT = r"(?:\d+|[一二两三四五六七八九十]+)"
_COPIES = rf"(?:一式|各|共|x|×|\*)?\s*{_COUNT}\s*[份张套页]|一式{_COUNT}|[x×*]\s*{_COUNT}"
_LIST_NUMBER = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,2}\s*[.、)](?!\d))\s*")
_BRACKETS = re.compile(r"[(\[{【〔<《「]([^()\[\]{}【】〔〕<>《》「」]*)[)\]}】〕>》」]")
_TITLE_MARKS = re.compile(r"[《》「」]")


@lru_cache(maxsize=65_536)
def plain_name(name: str) -> str:
    """A name without width variants, case, list numbers, form of the paper and number of copies.

    A bracket disappears only if nothing but such words is in it: 身份证(法人) and 身份证(财务人员) stay two
    documents. If nothing would be left the name is kept as it is, folded.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _TITLE_MARKS.sub("", _LIST_NUMBER.sub("", folded))
    text = _BRACKETS.sub(lambda match: _bracket(match.group(1)), text)
    return _without_forms(text) or folded


def _bracket(content: str) -> str:
    left = _without_forms(content)
    return f"({left})" if left else ""


def _without_forms(text: str) -> str:
    # only at the end: 必要 is a form in "申请表(必要)" and part of the name in "必要性论证报告"
    tail = _form_tail().search(text)
    return " ".join((text[: tail.start()] if tail else text).split())


@lru_cache(maxsize=1)
def _form_tail() -> re.Pattern[str]:
    document = project_file("material_forms.yaml")
    words = sorted((str(word).casefold() for word in document["forms"]), key=lambda word: (-len(word), word))
    # an English word counts only as a whole: "scan" must not cut "catscan"
    parts = [rf"\b{re.escape(word)}" if word.isascii() else re.escape(word) for word in words]
    joiners = "|".join(re.escape(word) for word in document["joiners"])
    form = "|".join([*parts, _COPIES])
    return re.compile(rf"(?:{joiners})*(?:{form})(?:{joiners}|{form})*$")
