"""Scores of settings over several runs, test sets and vocabularies."""

from __future__ import annotations

import math

import pytest
import torch

from seqtasks.comparison.drawn import Drawn
from seqtasks.comparison.pools import compared, pooled
from seqtasks.comparison.settings import Setting
from seqtasks.comparison.significance import comparable, holm, mean_score


def run(examples: str, symbols: str = "", **scores: list[float]) -> Drawn:
    values = {name: torch.tensor(each, dtype=torch.float64) for name, each in scores.items()}
    return Drawn(values, examples, 4, symbols, "val/f1", "max")


def setting(label: str, *best: float) -> Setting:
    class Ended:
        def __init__(self, value: float) -> None:
            self.results = {"history": [{"val/f1": 0.0}, {"val/f1": value}, {"val/f1": None}]}

    return Setting(label, [Ended(value) for value in best], [""] * len(best), {})


def test_folds_weigh_alike_however_many_seeds_each_has():
    runs = [run("a", f1=[0.2, 0.4]), run("a", f1=[0.4, 0.6]), run("b", f1=[0.9, 0.9])]
    assert mean_score(runs, "f1").tolist() == pytest.approx([0.6, 0.7])


def test_what_counts_by_symbol_is_compared_on_equal_symbols_alone():
    one, other = (run("a", made, loss=[1.0], bleu=[2.0], f1=[1.0]) for made in ("bpe", "words"))
    assert comparable([one], [other]) == ["bleu", "f1"]
    assert comparable([one], [one]) == ["loss", "bleu", "f1"]
    notes: list[str] = []
    pool = [(setting("x", 0.5), [one]), (setting("y", 0.6), [other])]
    found = compared(pool, None, 0.9, notes)
    assert [*found["differences"]["x"]] == ["bleu", "f1"]
    assert notes == [
        "x has other target symbols than y: no loss, which count by symbol, can be compared"
    ]


def test_the_others_stand_beside_the_best_in_validation_or_the_one_asked_for():
    names = {"a": [0.5, 0.7], "b": [0.9, 0.5], "c": [math.nan, 0.9]}
    pool = [
        (setting(label, *best), [run("t", f1=[0.5, 0.5, 0.6])]) for label, best in names.items()
    ]
    found = compared(pool, None, 0.9, [])
    assert (found["beside"], found["chosen_by"], [*found["differences"]]) == (
        "b",
        "val/f1",
        ["a", "c"],
    )
    found = compared(pool, pool[0][0], 0.9, [])
    assert (found["beside"], found["chosen_by"]) == ("a", "")


def test_settings_are_pooled_by_their_test_examples():
    both = [run("1", f1=[1.0]), run("2", f1=[1.0])]
    pools = pooled([(setting("a"), both), (setting("b"), both[:1]), (setting("c"), both[::-1])])
    assert [[one.label for one, _ in pool] for pool in pools] == [["a", "c"], ["b"]]


def test_p_values_of_several_are_corrected_in_their_order():
    assert holm({"a": 0.5, "b": math.nan, "c": 0.001, "d": 0.6})["c"] == pytest.approx(0.003)
    assert holm({"a": 0.5, "d": 0.6}) == {"a": 1.0, "d": 1.0}
    assert math.isnan(holm({"b": math.nan})["b"])
