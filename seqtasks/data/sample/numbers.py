"""Numbers in French words, with the forms of Belgium and Switzerland beside those of France."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_LARGEST = 999_999

_NAMES = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
_UNITS = [*_NAMES.split(), "seize"]
_TENS = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]


def below_hundred(number: int, decimal: bool) -> list[str]:
    """The words of a number from 1 to 99, none for 0.

    Args:
        number: the number.
        decimal: 70 and 90 have words of their own (*septante*, *nonante*), as in Belgium and
            Switzerland, instead of 60 + 10 and 4 × 20 + 10.

    >>> below_hundred(71, False), below_hundred(71, True), below_hundred(80, False)
    (['soixante', 'et', 'onze'], ['septante', 'et', 'un'], ['quatre', 'vingts'])
    """
    ten, unit = divmod(number, 10)
    if number < 17:
        return [_UNITS[number]] if number else []
    if ten == 1:
        return ["dix", _UNITS[unit]]
    if ten in (7, 9) and not decimal:
        ten, unit = ten - 1, unit + 10
    tens = {7: "septante", 8: "quatre vingt", 9: "nonante"}.get(ten) or _TENS[ten]
    if not unit:
        return (tens + "s" * (ten == 8)).split()
    joint = ["et"] if unit in (1, 11) and ten != 8 else []
    return [*tens.split(), *joint, *below_hundred(unit, decimal)]


def below_thousand(number: int, decimal: bool) -> list[str]:
    """The words of a number from 1 to 999.

    >>> below_thousand(200, False), below_thousand(101, False)
    (['deux', 'cents'], ['cent', 'un'])
    """
    hundred, rest = divmod(number, 100)
    front = [] if hundred < 2 else [_UNITS[hundred]]
    front += ["cent" + "s" * (hundred > 1 and not rest)] if hundred else []
    return front + below_hundred(rest, decimal)


def in_words(number: int, decimal: bool = False) -> str:
    """A number's French name; spaces stand between its words, also in place of hyphens.

    Args:
        number: from 0 to 999,999.
        decimal: whether *septante* and *nonante* take the place of the forms of France.

    >>> in_words(80_300), in_words(1_080), in_words(0)
    ('quatre vingt mille trois cents', 'mille quatre vingts', 'zéro')
    >>> in_words(97), in_words(97, decimal=True)
    ('quatre vingt dix sept', 'nonante sept')
    """
    thousands, rest = divmod(number, 1000)
    words = below_thousand(rest, decimal) if rest or thousands else ["zéro"]
    if thousands:
        front = below_thousand(thousands, decimal) if thousands > 1 else []
        if front and front[-1] in ("cents", "vingts"):  # the plural stands at the end alone
            front[-1] = front[-1][:-1]
        words = [*front, "mille", *words]
    return " ".join(words)


def draw_numbers(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Draw numbers, each with its names.

    One in ten is below 1,000 and the others are below 1,000,000, so that few numbers come twice
    and short ones are learnt. The same seed gives the same numbers.

    Args:
        count: how many.
        seed: a whole number from 0.

    Yields:
        The digits, and the number's one name, or its two names where the decimal form differs.

    >>> all(digits == str(int(digits)) for digits, _ in draw_numbers(20, seed=1))
    True
    """
    random = Random(seed)
    for _ in range(count):
        number = int(random.random() * (1000 if random.random() < 0.1 else _LARGEST + 1))
        yield str(number), list(dict.fromkeys(in_words(number, form) for form in (False, True)))
