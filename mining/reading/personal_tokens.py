"""Personal data inside a text: identity numbers, phones, credit codes, cards, e-mail addresses, names.

Recognised by shape and check digit, so that a case number of 18 digits stays what it is:

- identity number (GB 11643): 18 characters with a date of birth, and a right check digit or a year of birth
  before `CASE_NUMBERS_SINCE` (case numbers hold a date too, but a recent one); 15 digits of the old kind;
- social credit code (GB 32100): 18 characters with a right check digit;
- mobile phone: 11 digits from 13 to 19, in groups or not, +86 or not; land line with its area code;
- bank card: 16 to 19 digits with a right Luhn digit, from 62 on (UnionPay), 4 or 5;
- e-mail address;
- name: after a word such as 申请人 or 联系人, or before 先生 or 女士, one of the frequent surnames and one or
  two more characters.

What cannot be told by shape (a name alone in a sentence, a foreign name) stays: the headers of
`mining.reading.aliases.IDENTITY_ALIASES` catch columns of such.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

CASE_NUMBERS_SINCE = 2009
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂鲁岳翟殷詹申"
    "欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
)
COMPOUND_SURNAMES = "欧阳|上官|司马|诸葛|司徒|东方|独孤|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木"
_SURNAME = f"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])"
_GIVEN = r"[\u4e00-\u9fff]{1,2}"
_MARKERS = (
    "申请人|联系人|法定代表人|法人代表|法人|经办人|代办人|委托人|代理人|受托人|当事人|客户|患者|姓名|业主|户主|"
    "父亲|母亲|配偶"
)
# a name ends where the Chinese text does, or before one of these
_AFTER_NAME = r"(?=[^\u4e00-\u9fff]|$|先生|女士|同志|身份证|电话|手机|户口|本人|的|未|已|来)"
_NOT_GIVEN = frozenset(
    "程书表证件料簿单据款费额请须需应未已不没无和及或于的在与为是有提交补便当排部何时间限位独理后前"
)
"""Characters of ordinary words that given names hardly ever have: 方便, 章程, 单位 are no names."""

_PATTERN = re.compile(
    r"(?P<email>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?<![0-9A-Za-z])(?P<long>[0-9A-HJ-NPQRTUWXYx]{18}|\d{15,19})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?P<phone>(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?![0-9A-Za-z])"
    rf"|(?:{_MARKERS})(?:为|是)?[：: ]?\s*(?P<name>{_SURNAME}{_GIVEN}){_AFTER_NAME}"
    rf"|(?P<titled>{_SURNAME}{_GIVEN})(?=先生|女士)"
)
_WIDE = "０１２３４５６７８９＠－＋．＿" + "".join(map(chr, [*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]))
_PLAIN = {ord(char): unicodedata.normalize("NFKC", char) for char in _WIDE}
QUICK = (
    r"@|(?:^|[^0-9A-Z])(?:[0-9A-HJ-NPQRTUWXY]{18}|\d{15,19}"
    r"|(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?:$|[^0-9A-Z])|"
) + f"{_MARKERS}|先生|女士"
"""RE2 pattern (without regard to case) that any text with personal data matches after NFKC: a first sieve,
the same as `_PATTERN` but for the ends of numbers, which RE2 cannot look at without taking them in."""


def fold_width(text: str) -> str:
    """Full-width digits, letters and signs of numbers and addresses as plain ones; all else as written."""
    return text if text.isascii() else text.translate(_PLAIN)


def replace_personal(text: str, replacement: Callable[[str, str], str]) -> str:
    """The text with each piece of personal data replaced by `replacement(kind, piece)`.

    Unchanged, width included, where there is none. Kinds: identity_number, credit_code, phone, bank_card,
    e_mail, name.
    """
    folded = fold_width(text)
    found = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal found
        kind, piece = _kind_of(match)
        if kind is None:
            return match.group()
        found += 1
        return match.group().replace(piece, replacement(kind, piece))

    changed = _PATTERN.sub(replace, folded)
    return changed if found else text


def personal_kind(text: str) -> str | None:
    """The kind of personal data a whole value is, or None."""
    match = _PATTERN.fullmatch(fold_width(text).strip())
    return None if match is None else _kind_of(match)[0]


def _kind_of(match: re.Match[str]) -> tuple[str | None, str]:
    group = str(match.lastgroup)
    piece = str(match.group(group))
    if group == "email":
        return "e_mail", piece
    if group == "phone":
        return "phone", piece
    if group in ("name", "titled"):
        return ("name" if _is_chinese_name(piece) else None), piece
    return _kind_of_number(piece.upper()), piece


def _kind_of_number(number: str) -> str | None:
    if is_identity_number(number):
        return "identity_number"
    if is_credit_code(number):
        return "credit_code"
    return "bank_card" if is_bank_card(number) else None


def is_identity_number(number: str) -> bool:
    """Whether 18 (or, of the old kind, 15) characters are an identity number; see the module."""
    if re.fullmatch(r"[1-8]\d{14}", number):
        return _is_date(f"19{number[6:12]}")
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", number) or not _is_date(number[6:14]):
        return False
    return identity_check(number) == number[-1] or int(number[6:10]) < CASE_NUMBERS_SINCE


def identity_check(number: str) -> str:
    """The check character of the first 17 digits of an identity number (GB 11643)."""
    return _IDENTITY_CHECKS[
        sum(w * int(digit) for w, digit in zip(_IDENTITY_WEIGHTS, number[:17], strict=True)) % 11
    ]


def _is_date(digits: str) -> bool:
    try:
        day = dt.datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return False
    return dt.date(1900, 1, 1) <= day <= dt.date.today()


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a social credit code (GB 32100): the check character decides."""
    if not re.fullmatch(r"[1-9AHNY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", code):
        return False
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17]


def is_bank_card(number: str) -> bool:
    """Whether 16 to 19 digits are a bank card: its first digits and the Luhn check."""
    if not re.fullmatch(r"(?:62|4|5)\d{14,17}", number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


_CHINESE_NAME = re.compile(rf"{_SURNAME}(?P<given>{_GIVEN})")
_STAFF_NUMBER = re.compile(r"\([^)]*\)|[-_/ ]*\d+$")
_WESTERN_NAME = re.compile(r"[A-Z][a-z'’-]+(?: [A-Z]\.?)?(?: (?:van|de|von|der|den))*(?: [A-Z][A-Za-z'’-]+)+")
NAMES_SHARE = 0.6
"""A column holds names where so many of its different values look like one (an assumption)."""


def looks_like_name(value: str) -> bool:
    """Whether a whole value looks like a person's name: 王小明, 欧阳修, Anna van Dijk."""
    text = _STAFF_NUMBER.sub("", fold_width(value)).strip()
    return _is_chinese_name(text) or _WESTERN_NAME.fullmatch(text) is not None


def _is_chinese_name(text: str) -> bool:
    match = _CHINESE_NAME.fullmatch(text)
    return match is not None and not _NOT_GIVEN & set(match["given"])
