"""Numbers as people write them."""

from __future__ import annotations

import pytest

from seqtasks.data.decimals import decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("3.5", 3.5), (" 3,5 ", 3.5), ("-0,125", -0.125), ("1234,567", 1234.567), (",5", 0.5)],
        *[("1,5e3", 1500.0), ("+2,25", 2.25), ("1,2345", 1.2345), ("7", 7.0)],
    ],
)
def test_a_comma_may_stand_before_decimals(text: str, number: float) -> None:
    assert decimal(text) == decimal(text, comma=True) == number


@pytest.mark.parametrize("text", ["1.234,5", "1,234.5", "1,234,567", "3;5", "", ",", "1 234,5"])
def test_what_is_no_number(text: str) -> None:
    for comma in (False, True):
        with pytest.raises(ValueError, match="is no number"):
            decimal(text, comma)


def test_a_comma_before_three_digits_is_read_where_it_separates_no_thousands() -> None:
    assert decimal("1,234", comma=True) == 1.234
    with pytest.raises(ValueError, match="is no number"):
        decimal("1,234")
