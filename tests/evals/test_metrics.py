"""The measures themselves, on cases small enough to work out by hand."""

from __future__ import annotations

import math

import pytest

from evals.metrics import Range, best_in_top, calibration_error, grades, macro_f1, ndcg, reliability, wilson

GOLD = [Range(0, 100, 3), Range(200, 300, 2)]


def test_a_hit_earns_the_grade_of_the_range_that_it_covers_once() -> None:
    """Half of the shorter one must be covered, and a range pays only once."""
    assert grades([(0, 100), (40, 140), (260, 400), (180, 320)], GOLD) == [3, 0, 0, 2]


def test_ndcg_is_one_for_the_best_order_and_less_for_another() -> None:
    """Gains are 2^grade - 1, discounted by the logarithm of the rank."""
    assert ndcg([3, 2], GOLD, 5) == pytest.approx(1.0)
    assert ndcg([2, 3], GOLD, 5) == pytest.approx((3 + 7 / math.log2(3)) / (7 + 3 / math.log2(3)))
    assert ndcg([], GOLD, 5) == 0.0


def test_best_in_top_looks_at_so_many_only() -> None:
    """A best passage in fourth place is not among three."""
    assert best_in_top([2, 0, 3], 3) == 1.0
    assert best_in_top([2, 0, 0, 3], 3) == 0.0


def test_the_interval_holds_the_share() -> None:
    """Wilson's interval for 9 of 10 is known."""
    share, low, high = wilson(9, 10)
    assert share == pytest.approx(0.9)
    assert low == pytest.approx(0.596, abs=0.001)
    assert high == pytest.approx(0.982, abs=0.001)


def test_macro_f1_counts_each_class_alike() -> None:
    """One rare class that is never found costs as much as a common one."""
    assert macro_f1([("a", "a"), ("b", "b")]) == 1.0
    assert macro_f1([("a", "a")] * 9 + [("b", "a")]) == pytest.approx((2 * 9 / (2 * 9 + 1) + 0) / 2)


def test_reliability_compares_what_was_said_with_what_was_so() -> None:
    """Two predictions of 0.9 of which one was so are off by 0.4."""
    bins = reliability([(0.9, True), (0.9, False), (1.0, True)], bins=5)

    assert [(round(one.predicted, 3), round(one.observed, 3), one.count) for one in bins] == [(0.933, 0.667, 3)]
    assert calibration_error(reliability([(0.9, True), (0.9, False)])) == pytest.approx(0.4)
