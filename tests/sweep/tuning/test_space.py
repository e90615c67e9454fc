"""What a line of the space of a search says."""

from __future__ import annotations

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from seqtasks.errors import UsageError
from seqtasks.sweep.tuning.space import first_of, read, searched, shown, written


def drawn(text, own):
    return searched("x", read("x", text), own)


def test_a_space_is_written_in_sections_or_in_one_line():
    space = {"optimizer": {"lr": "interval(0,1)", "eps": None}, "encoder.dropout": "choice(0,0.5)"}
    assert dict(written(space)) == {
        "optimizer.lr": "interval(0,1)",
        "encoder.dropout": "choice(0,0.5)",
    }


@pytest.mark.parametrize(
    ("text", "own", "distribution"),
    [
        ("interval(0,0.3)", 0.1, FloatDistribution(0, 0.3)),
        ("interval(0,0.3)", 0.5, FloatDistribution(0, 0.5)),
        ("interval(0,0.3)", 0, FloatDistribution(0, 0.3)),
        ("interval(0,3)", 0, IntDistribution(0, 3)),
        ("tag(log,interval(0.001,0.1))", 0.003, FloatDistribution(0.001, 0.1, log=True)),
        ("tag(times,log,interval(0.5,2))", 0.02, FloatDistribution(0.01, 0.04, log=True)),
        ("tag(times,interval(0.5,2))", 200, IntDistribution(104, 400, step=8)),
        ("tag(times,interval(0.5,2))", 1, IntDistribution(1, 2)),
        ("interval(40,300)", 128, IntDistribution(48, 288, step=16)),
        ("tag(times,log,interval(0.5,2))", 100, IntDistribution(50, 200, log=True)),
        ("range(1,4)", 2, CategoricalDistribution(["1", "2", "3"])),
        ("range(1,3)", 4, CategoricalDistribution(["1", "2", "4"])),
        ("tag(times,choice(0.5,1,2))", 16, CategoricalDistribution(["8", "16", "32"])),
        ("tag(times,choice(0.5,1,2))", 1, CategoricalDistribution(["1", "2"])),
        ("tag(times,choice(0.5,1,2))", 5, CategoricalDistribution(["2", "5", "10"])),
        ("tag(times,choice(0.5,1))", 0.5, CategoricalDistribution(["0.25", "0.5"])),
        ("gru,sru", "lstm", CategoricalDistribution(["gru", "sru", "lstm"])),
        ("choice(true,false)", False, CategoricalDistribution(["true", "false"])),
    ],
)
def test_values_are_drawn_around_the_own_one(text, own, distribution):
    found = drawn(text, own)
    assert found.distribution == distribution
    expected = own if not isinstance(distribution, CategoricalDistribution) else str(own).lower()
    assert found.own == expected


@pytest.mark.parametrize("text", ["tag(times,interval(0.5,2))", "tag(times,choice(1,2))"])
@pytest.mark.parametrize("own", [None, 0, 0.0, "auto", True])
def test_nothing_is_a_multiple_of_what_is_no_number_above_zero(text, own):
    assert drawn(text, own) is None


def test_what_cannot_be_drawn_is_no_start():
    assert drawn("interval(0,1)", None).own is None
    assert drawn("interval(0,1)", "auto") is None
    assert drawn("tag(log,interval(0.1,1))", 0.0).own is None


def test_a_tag_that_means_nothing_is_refused():
    with pytest.raises(UsageError, match="x: there is no 'time'; Did you mean 'times'"):
        drawn("tag(time,interval(0,1))", 0.5)


def test_values_are_typed_in_a_few_digits():
    assert [shown(value) for value in (0.0012345, 1e-05, 48, "gru")] == [
        "0.00123",
        "1e-05",
        "48",
        "gru",
    ]
    assert first_of(read("x", "interval(0.5,1)")) == "0.5"
    assert first_of(read("x", "a,b")) == "a"
