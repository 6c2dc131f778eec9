"""What may be asked of a database: one SELECT, and nothing that writes.

The database is opened for reading only as well; this check is for a clear answer, and for what a read-only
transaction does not stop (`SELECT ... INTO OUTFILE`).
"""

from __future__ import annotations

import re

from mining.errors import LogError

_BEGINS = re.compile(r"[\s(]*(select|with)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(into|insert|update|delete|merge|replace\s+into|drop|alter|create|truncate|grant)\b", re.IGNORECASE
)


def check_query(query: str, source: str) -> str:
    """The query without its closing semicolon; raises `LogError` where it is more or other than one SELECT.

    It looks at words, not at grammar: a semicolon or a word such as INTO inside a text is refused too.
    """
    text = query.strip().rstrip(";").rstrip()
    found = _WRITES.search(text)
    if ";" in text:
        raise _refused(source, "“;”", "';'")
    if not _BEGINS.match(text):
        first = (text.split() or ["-"])[0][:20]
        raise _refused(source, f"“{first}”", f"{first!r}")
    if found is not None:
        raise _refused(source, f"“{found.group(0)}”", f"{found.group(0)!r}")
    return text


def _refused(source: str, found_zh: str, found_en: str) -> LogError:
    return LogError(
        zh=f"{source}：查询只能是一条 SELECT（或 WITH ... SELECT），发现 {found_zh}。",
        en=f"{source}: a query must be a single SELECT (or WITH ... SELECT), found {found_en}.",
    )
