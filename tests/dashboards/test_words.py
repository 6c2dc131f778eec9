"""Both languages have the same keys and the same places for values; pages hold no words of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dashboards
from dashboards.words import TABLES, words

ZH, EN = TABLES["zh"], TABLES["en"]
ROOT = Path(dashboards.__file__).parent
SCREENS = sorted(
    path
    for folder in ("planner", "analyst", "leadership", "data_page", "process_map_view")
    for path in (ROOT / folder).glob("*.py")
) + [
    ROOT / name
    for name in ("app.py", "parts.py", "evidence_words.py", "running.py", "session.py", "charts.py")
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
PLACE = re.compile(r"(?<!%)\{(\w+)\}")


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH) == set(EN)


@pytest.mark.parametrize("key", sorted(ZH))
def test_both_languages_take_the_same_values(key: str) -> None:
    assert set(PLACE.findall(ZH[key])) == set(PLACE.findall(EN[key]))
    assert ZH[key]
    assert EN[key]


def test_english_holds_no_chinese() -> None:
    assert [key for key, text in EN.items() if CHINESE.search(text)] == []


def test_every_key_a_screen_asks_for_exists() -> None:
    asked = {(path.name, key) for path in SCREENS for key in _keys(path)}
    assert {(name, key) for name, key in asked if key not in ZH} == set()
    assert len(asked) > 100


def test_no_key_is_left_over() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in [*SCREENS, ROOT / "words" / "__init__.py"]
    )
    prefixes = re.findall(r"""["'](\w+_)\{""", sources)
    unused = [
        key
        for key in ZH
        if f'"{key}"' not in sources and f"'{key}'" not in sources and not key.startswith(tuple(prefixes))
    ]
    assert unused == []


# markup, a log message and words of plotly, nothing a person reads
DRAWING = ("layout.py", "fallback.py", "svg.py", "document_figures.py")


@pytest.mark.parametrize("path", [p for p in SCREENS if p.name not in DRAWING], ids=lambda path: path.name)
def test_screens_hold_no_words_of_their_own(path: Path) -> None:
    found = [text for text in _literals(path) if CHINESE.search(text) or SENTENCE.search(text)]
    assert found == []


def test_durations_take_the_unit_that_reads_best() -> None:
    w = words("en")
    # 89 min stay minutes, 150 min are 2.5 h, 4 working days of 7 h are 1680 min
    assert [w.duration(m) for m in (4.24, 89, 150, 1680)] == ["4.2 min", "89 min", "2.5 h", "4.0 days"]
    assert w.duration(None) == w.duration(float("nan")) == "–"
    assert words("zh").signed(-3.25) == "−3.2"
    assert w.signed_value("first_time_right_share", -0.015) == "−1.5 points"


def _keys(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "w":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)


def _literals(path: Path) -> Iterator[str]:
    """Strings of a file but for docstrings, style sheets and the names of languages."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            if node.value.lstrip().startswith(("<", "|", " stroke=")) or node.value in (
                "中文",
                "onewindow 一窗",
            ):
                continue  # markup; each language in its own words; the name of the product
            yield node.value
