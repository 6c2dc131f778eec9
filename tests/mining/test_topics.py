"""The list of topics: what it names, and what a bad one says."""

from __future__ import annotations

import pytest

from mining.errors import LogError
from mining.topics import project_topics, read_topics


def test_items_of_the_sample_services_have_their_topic():
    topics = project_topics()
    for topic, items in {
        "企业开办": (
            "名称核准",
            "设立登记",
            "公章刻制备案",
            "税种核定",
            "社保登记",
            "公积金开户",
            "银行开户",
        ),
        "不动产转移登记": ("交易核验", "核税缴税", "登记受理（不动产登记）", "缮证领证"),
        "新生儿出生": ("出生医学证明签发", "预防接种证", "户口登记", "居民医保参保", "社会保障卡申领"),
        "建设项目开工": ("施工图审查", "消防设计审查", "人防设计审核", "施工许可证核发"),
        "养老保险关系转移": ("参保缴费凭证", "养老保险关系转移接续"),
    }.items():
        assert all(topic in topics.of_item(item) for item in items)
    assert topics.of_item("护照") == ()
    assert topics.of_item("社会保障卡申领") == ("新生儿出生", "社会保障卡居民服务")
    assert topics.of_item("设立 登记") == ("企业开办",)  # spaces and width do not count


def test_a_planners_own_list(tmp_path):
    path = tmp_path / "topics.yaml"
    path.write_text("topics:\n  养犬: [犬, ＤＯＧ]\n", encoding="utf-8")
    assert read_topics(path).of_item("dog licence") == ("养犬",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a, b]", "expected topics:"),
        ("topics: [a]", "expected topics:"),
        ("topics: {养犬: 犬}", "'养犬' must be a list of words"),
        ("topics: {养犬: []}", "at least one word"),
        ("topics: {养犬: [' ']}", "no empty ones"),
        ("topics: {", "cannot be read"),
    ],
)
def test_bad_lists_say_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "topics.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError, match=message) as caught:
        read_topics(path)
    assert "topics.yaml" in caught.value.in_language("zh")
