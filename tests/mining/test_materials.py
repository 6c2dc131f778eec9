"""Names of documents: what is merged, what is only proposed, what must stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import LogError
from mining.materials import (
    material_aliases,
    normalise_material_names,
    plain_name,
    read_material_aliases,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("营业执照（复印件）", "营业执照"),
        ("营业执照复印件2份", "营业执照"),
        ("营业执照 (原件及复印件各1份)", "营业执照"),
        ("营业执照(加盖公章复印件,一式两份)", "营业执照"),
        ("1、营业执照【扫描件】", "营业执照"),
        ("《公司章程》原件", "公司章程"),
        ("ＡＢＣ表", "abc表"),
        ("身份证×2", "身份证"),
        ("Passport (copy)", "passport"),
        ("Passport Copy", "passport"),
        ("住所(经营场所)证明", "住所(经营场所)证明"),
        ("复印件", "复印件"),  # nothing would be left
        ("公章", "公章"),
        ("3号表", "3号表"),  # a number that names the form, not a list number
        ("10.5吨车辆登记证", "10.5吨车辆登记证"),
        ("scandium permit", "scandium permit"),
        ("双方身份证", "双方身份证"),
        ("必要性论证报告", "必要性论证报告"),
        ("签字样本", "签字样本"),
        ("申请表（必要）", "申请表"),
        ("身份证原件、复印件各一份", "身份证"),
    ],
)
def test_plain_name_takes_off_form_and_number_of_copies(written: str, plain: str) -> None:
    assert plain_name(written) == plain


def test_spellings_of_one_document_are_merged_and_others_are_not() -> None:
    names = normalise_material_names(
        ["居民身份证", "身份证", "身份证复印件", "法人身份证", "法定代表人身份证(原件)", "财务人员身份证"]
    )
    assert names.documents == ("居民身份证", "法人身份证", "财务人员身份证")
    assert names.spellings("居民身份证") == ("居民身份证", "身份证", "身份证复印件")
    assert names.spellings("法人身份证") == ("法人身份证", "法定代表人身份证(原件)")


def test_a_bracket_that_says_whose_document_it_is_stays() -> None:
    names = normalise_material_names(["身份证（法人）", "身份证（财务人员）", "身份证（复印件）"])
    assert names.documents == ("居民身份证", "身份证(法人)", "身份证(财务人员)")


def test_names_that_look_alike_are_proposed_and_not_applied() -> None:
    names = normalise_material_names(
        ["建设工程规划许可证", "建设工程规划许可证书", "建筑工程规划许可证"], aliases={}
    )
    # the first two: all 9 characters shared, in order 2 * 9 / 19, so (1 + .947) / 2; the first and the third
    # share 8 of 9, 2 * 8 / 18 in order, so .889
    assert len(names.documents) == 3
    assert [(m.name, m.other, m.similarity) for m in names.proposed] == [
        ("建设工程规划许可证", "建设工程规划许可证书", 0.974),
        ("建筑工程规划许可证", "建设工程规划许可证", 0.889),
        ("建筑工程规划许可证", "建设工程规划许可证书", 0.865),
    ]


def test_documents_of_different_issuers_are_not_proposed() -> None:
    names = ["建设工程规划许可证", "建筑工程规划许可证"]
    issuers = {"建设工程规划许可证": "规划局", "建筑工程规划许可证": "住建局"}
    assert normalise_material_names(names, aliases={}, issuers=issuers).proposed == ()
    same = dict.fromkeys(names, "规划局")
    assert len(normalise_material_names(names, aliases={}, issuers=same).proposed) == 1


@given(st.lists(st.text(max_size=12), max_size=12), st.randoms())
def test_order_and_repetition_do_not_matter_and_nothing_is_lost(names: list[str], random: object) -> None:
    shuffled = names + names[:3]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    result = normalise_material_names(names)
    assert result == normalise_material_names(shuffled)
    assert set(result.canonical) == set(names)


@given(
    st.sampled_from(sorted(material_aliases())),
    st.sampled_from(["原件", "复印件", "(扫描件)", "2份", "（一式三份）"]),
)
def test_a_form_never_changes_the_document(document: str, form: str) -> None:
    assert normalise_material_names([document + form]).documents == (document,)


def test_every_alias_of_the_file_leads_to_its_document() -> None:
    for document, others in material_aliases().items():
        assert set(normalise_material_names([document, *others]).canonical.values()) == {document}


def test_a_planners_alias_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text("施工许可证: [建筑工程施工许可证, 施工证]\n", encoding="utf-8-sig")
    names = normalise_material_names(["施工证（原件）", "施工许可证"], aliases=read_material_aliases(path))
    assert names.documents == ("施工许可证",)


@pytest.mark.parametrize(
    ("text", "found"),
    [("- a\n- b\n", "list"), ("甲: 乙\n", "乙"), ("甲: [1]\n", "[1]"), ("甲: [", "line 1"), ("", "NoneType")],
)
def test_a_bad_alias_file_is_named_in_both_languages(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError) as caught:
        read_material_aliases(path)
    assert "names.yaml" in caught.value.in_language("en")
    assert "names.yaml" in caught.value.in_language("zh")
    assert found in caught.value.in_language("en")


def test_one_name_cannot_be_two_documents() -> None:
    with pytest.raises(LogError, match="both '甲' and '乙'"):
        normalise_material_names(["丙"], aliases={"甲": ["丙"], "乙": ["丙复印件"]})
