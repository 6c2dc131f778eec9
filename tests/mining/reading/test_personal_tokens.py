"""Personal data in a text, recognised by shape and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.reading.personal_tokens import (
    identity_check,
    is_bank_card,
    is_credit_code,
    is_identity_number,
    looks_like_name,
    personal_kind,
    replace_personal,
)


def masked(text: str) -> str:
    return replace_personal(text, lambda kind, piece: f"<{kind}>")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("11010519491231002X", True),  # the example of GB 11643
        ("110105194912310021", True),  # a wrong check digit, but nobody's case number: born in 1949
        ("110105194913310021", False),  # no thirteenth month
        ("330106202603020001", False),  # a case number: region, a date of this year, 0001
        ("130503670401001", True),  # the old kind, born on 1967-04-01
        ("202603020001234", False),  # 15 digits, but 02-00 is no date
        ("1101051949123100", False),
    ],
)
def test_identity_numbers(number, expected):
    assert is_identity_number(number) is expected


def test_a_recent_identity_number_is_told_from_a_case_number_by_its_check_digit():
    baby = "33010620260302000"
    assert is_identity_number(baby + identity_check(baby))
    wrong = "0" if identity_check(baby) != "0" else "1"
    assert not is_identity_number(baby + wrong)


@given(st.integers(0, 9999), st.integers(2010, 2025), st.integers(1, 12), st.integers(1, 28))
def test_one_in_eleven_case_numbers_at_most_is_taken_for_a_person(running, year, month, day):
    number = f"330106{year}{month:02d}{day:02d}{running:04d}"
    assert is_identity_number(number) == (identity_check(number) == number[-1])


def test_credit_codes_and_bank_cards():
    assert is_credit_code("91350100M000100Y43")  # the example of GB 32100
    assert not is_credit_code("91350100M000100Y44")
    assert is_bank_card("6222021234567890128") == (personal_kind("6222021234567890128") == "bank_card")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("缺身份证11010519491231002X复印件", "缺身份证<identity_number>复印件"),
        ("缺身份证１１０１０５１９４９１２３１００２Ｘ", "缺身份证<identity_number>"),
        ("请致电138-1234-5678或0571-87654321", "请致电<phone>或<phone>"),
        ("请致电 +86 138 1234 5678", "请致电 <phone>"),
        ("mail a.b@example.org today", "mail <e_mail> today"),
        ("联系人：王小明，未带原件", "联系人：<name>，未带原件"),
        ("申请人欧阳修未提交户口簿", "申请人<name>未提交户口簿"),
        ("李芳女士来电", "<name>女士来电"),
        ("代码91350100M000100Y43有误", "代码<credit_code>有误"),
        # ordinary words stay
        ("申请人方便时补交", "申请人方便时补交"),
        ("缺法人章程", "缺法人章程"),
        ("申请人需提交材料", "申请人需提交材料"),
        ("法定代表人任职文件", "法定代表人任职文件"),
        ("办件330106202603020001已受理", "办件330106202603020001已受理"),
        ("金额 1234567.89 元，2026-03-02 09:00", "金额 1234567.89 元，2026-03-02 09:00"),
        ("row 1381234567", "row 1381234567"),
    ],
)
def test_pieces_in_a_text(text, expected):
    assert masked(text) == expected


@given(st.text(alphabet="0123456789 -年月日件号ABC", max_size=40))
def test_a_text_without_finds_is_the_same_object_of_text(text):
    assert masked(text) == text or "<" in masked(text)


@pytest.mark.parametrize(
    "name", ["王小明", "欧阳修", "李芳", "王小明(1023)", "Anna van Dijk", "John A. Smith"]
)
def test_names(name):
    assert looks_like_name(name)


@pytest.mark.parametrize(
    "name", ["税务-3", "User_12", "Resource21", "admin", "综合窗口", "王府井大街", "STAFF MEMBER", "560872"]
)
def test_no_names(name):
    assert not looks_like_name(name)
