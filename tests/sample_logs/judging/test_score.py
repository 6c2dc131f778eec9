"""Rows add up, errors are told with their seed, and places near the alarm count neither way."""

from types import SimpleNamespace

from sample_logs.judging import Judgement, Row, add_up, clean_logs, over_services
from sample_logs.judging.kinds import KINDS, _above
from sample_logs.judging.score import OTHER, STITCHED, _scored

# as much of a sample log as scoring looks at
SAMPLE = SimpleNamespace(truth={"service": "A"}, setting=SimpleNamespace(seed=7))


def scored(planted: str, allowed: str, found: str) -> Row:
    return _scored(SAMPLE, "returns", frozenset(planted), frozenset(allowed), frozenset(found))


def test_what_is_planted_and_not_found_is_missed_and_what_is_found_and_not_true_is_invented():
    # planted a b c, true but near the alarm d, found a b d e
    row = scored("abc", "abcd", "abde")
    assert (row.planted, row.hits, row.found, row.right) == (3, 2, 4, 3)
    assert (row.recall, row.precision) == (2 / 3, 3 / 4)
    assert (row.missed, row.invented) == (("7: c",), ("7: e",))


def test_nothing_planted_has_no_recall_and_nothing_found_no_precision():
    assert (scored("", "a", "a").recall, scored("", "a", "a").precision) == (None, 1.0)
    assert (scored("a", "a", "").recall, scored("a", "a", "").precision) == (0.0, None)


def test_a_tenth_of_the_alarm_on_either_side_is_too_near_to_call():
    figures = {"above": 0.23, "just above": 0.21, "just below": 0.185, "below": 0.17}
    places = _above(lambda sample: figures, 0.20)(SAMPLE)
    assert places.planted == {"above"}
    assert places.allowed == {"above", "just above", "just below"}


def test_rows_of_a_service_add_up_over_its_logs_in_the_order_of_the_kinds():
    first = Judgement("A", 1, (scored("ab", "ab", "a"), Row("A", OTHER, 1, found=1, invented=("1: x",))))
    second = Judgement("A", 2, (scored("a", "a", "ab"),))
    rows = add_up([first, second, Judgement("B", 1, (scored("", "", ""),))])
    assert [row.kind for row in rows] == ["returns", OTHER]
    assert (rows[0].planted, rows[0].hits, rows[0].found, rows[0].right) == (3, 2, 3, 2)
    assert rows[0].missed == ("7: b",)
    assert rows[0].invented == ("7: b",)
    assert {row.logs for row in rows} == {2}


def test_a_kind_over_all_services_counts_what_is_invented_where_nothing_was_planted():
    elsewhere = Row("B", "returns", 2, found=1, invented=("1: x",))
    (row,) = over_services([scored("ab", "ab", "ab"), elsewhere])
    assert (row.service, row.planted, row.hits, row.found, row.right) == ("all", 2, 2, 3, 2)
    assert (row.recall, row.precision) == (1.0, 2 / 3)


def test_a_log_is_clean_if_nothing_was_found_whatever_was_stitched():
    stitched = Row("N", STITCHED, 1, planted=5, found=5)
    assert (
        clean_logs([Judgement("N", 1, (stitched,)), Judgement("N", 2, (Row("N", OTHER, 1, found=1),))]) == 1
    )


def test_each_kind_of_finding_of_a_view_belongs_to_one_row():
    kinds = [(kind, row.view) for row in KINDS for kind in row.findings]
    assert len(kinds) == len(set(kinds))
    assert len({row.name for row in KINDS}) == len(KINDS)
