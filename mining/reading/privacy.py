"""Applicants: hashed, never kept as written (个人信息保护法)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import pandas as pd

from mining.reading.notes import Notes, listed
from mining.reading.raw import RawTable, clean_text
from mining.reading.values import fold_word, map_values

HASH_CHARACTERS = 16
_IS_HASH = rf"[0-9a-f]{{{HASH_CHARACTERS},64}}"
_PERSONAL_VALUE = r"\d{17}[\dXx]|1[3-9]\d{9}|[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}"


def new_salt() -> str:
    """A random salt: hashes made with it match nothing outside of this reading."""
    return secrets.token_hex(16)


def hash_person(text: str, salt: str) -> str:
    """HMAC-SHA256 of an identifier, NFKC and without spaces, as 16 hexadecimal digits."""
    digest = hmac.new(salt.encode("utf-8"), fold_word(text).encode("utf-8"), hashlib.sha256)
    return digest.hexdigest()[:HASH_CHARACTERS]


def hash_applicants(raw: RawTable, identity: list[str], salt: str, notes: Notes) -> pd.Series | None:
    """One hash a row from the best identifying header that has values, or None where there is none.

    The other identifying headers are left out altogether.
    """
    used = next((header for header in identity if not raw.is_empty(header)), None)
    if used is None:
        return None
    hashes = map_values(clean_text(raw.coded(used)), lambda value: hash_person(value, salt))
    others = [header for header in identity if header != used]
    left_zh = f"；其余身份列未读入：{listed(others)}" if others else ""
    left_en = f"; other columns about the applicant are left out: {listed(others)}" if others else ""
    notes.add(
        "applicants_hashed",
        "info",
        zh=f"申请人身份列“{used}”只保留加盐哈希{left_zh}。",
        en=f"of the applicant only a salted hash of {used!r} is kept{left_en}.",
        rows=int(hashes.notna().sum()),
    )
    return hashes


def safe_hashes(hashes: pd.Series, salt: str) -> pd.Series:
    """A column of hashes from an earlier reading; whatever in it is no hash is hashed now."""
    is_hash = re.compile(_IS_HASH)
    return map_values(hashes, lambda value: value if is_hash.fullmatch(value) else hash_person(value, salt))


def looks_personal(values: pd.Series) -> bool:
    """Whether most values look like identity numbers, mobile phones or social credit codes."""
    known = values.dropna()
    return len(known) > 0 and bool(known.str.fullmatch(_PERSONAL_VALUE).mean() > 0.5)
