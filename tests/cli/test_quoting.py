"""Values that the command line's grammar does not read as they are typed."""

from __future__ import annotations

import pytest

from seqtasks.api import compose
from seqtasks.cli.quoting import quoted
from seqtasks.errors import UsageError


@pytest.mark.parametrize(
    "name", ["a (1).txt", "größe.txt", "a=b.txt", "it's.txt", "a'b\"c", "a\\'b", "{x", "[x", "#1"]
)
def test_a_value_arrives_as_it_is_typed(name):
    assert compose("data=lines", f"data.train={name}").data.train == name


def test_items_of_a_list_arrive_as_they_are_typed():
    config = compose("data=lines", "data.train=[größe.txt, b.txt,c (1).txt]")
    assert list(config.data.train) == ["größe.txt", "b.txt", "c (1).txt"]


@pytest.mark.parametrize(
    "argument",
    [
        "task=tagging",
        "data.train='a,b'",
        "seed=1,2",
        "~task/embedding/spelling",
        "+field@data.pair=pair",
        "encoder.cell=choice(gru,lstm)",
        "data.tokens.column=[a,b]",
        "--config-dir=größe",
        "data.train=größe,b",
        "tagging",
    ],
)
def test_what_can_be_read_and_what_cannot_be_helped_stays(argument):
    assert quoted([argument]) == [argument]


def test_what_quotes_cannot_help_is_refused():
    with pytest.raises(UsageError, match="options are written name=value"):
        compose("data.tr ain=(")
