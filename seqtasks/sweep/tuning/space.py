"""What a search may try: ranges of options around the values of the run without it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override
from hydra.errors import HydraException
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
    json_to_distribution,
)
from optuna.trial import Trial

from seqtasks.cli.options import as_value
from seqtasks.errors import UsageError, check_choice
from seqtasks.sweep.tuning.conditions import holds

TAGS = ("times", "log")
"""``times`` multiplies the bounds or choices by the run's own value; ``log`` draws ratios alike."""

STEP = 16
"""Whole numbers that are multiples of it, such as sizes of layers, are tried as its multiples."""

_TRUTHS = {"True": "true", "False": "false"}


class Searched(NamedTuple):
    """An option that is searched.

    Attributes:
        distribution: what its values are drawn from, those of choices as they are typed.
        own: the value of the run without the search; None where it cannot be drawn.
    """

    distribution: BaseDistribution
    own: int | float | str | None


class Space(NamedTuple):
    """The options that are searched, each after those that it depends on.

    Attributes:
        distributions: by option.
        own: the value of each in the first run.
        when: of some, other options with the values beside which it is drawn.
    """

    distributions: dict[str, BaseDistribution]
    own: dict[str, Any]
    when: dict[str, Mapping[str, Sequence[str]]]

    def told(self) -> str:
        """The space as text, for the storage."""
        texts = {name: distribution_to_json(one) for name, one in self.distributions.items()}
        return json.dumps({"distributions": texts, "own": self.own, "when": self.when})

    @classmethod
    def of(cls, text: str) -> Space:
        """The space of such a text."""
        kept = json.loads(text)
        found = {name: json_to_distribution(one) for name, one in kept["distributions"].items()}
        return cls(found, kept["own"], kept["when"])

    def draw(self, trial: Trial) -> dict[str, str]:
        """Values of a trial, as they are typed; of one that has some already, the same."""
        values: dict[str, str] = {}
        for name, distribution in self.distributions.items():
            if holds(self.when.get(name, {}), values):
                values[name] = shown(drawn(trial, name, distribution))
        return values

    def first(self) -> dict[str, Any]:
        """Those of the first run's own values that are searched beside the others."""
        values: dict[str, str] = {}
        for name in self.distributions:
            if holds(self.when.get(name, {}), values):
                values[name] = str(self.own[name])
        return {name: self.own[name] for name in values}


def drawn(trial: Trial, name: str, distribution: BaseDistribution) -> Any:
    """A value for a trial of Optuna's."""
    if isinstance(distribution, FloatDistribution):
        low, high = distribution.low, distribution.high
        return trial.suggest_float(name, low, high, log=distribution.log)
    if isinstance(distribution, IntDistribution):
        low, high, step = distribution.low, distribution.high, distribution.step
        return trial.suggest_int(name, low, high, step=step, log=distribution.log)
    assert isinstance(distribution, CategoricalDistribution)
    return trial.suggest_categorical(name, distribution.choices)


def written(space: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The options of a nested space with what is written of each, those that are null left out.

    >>> [*written({"optimizer": {"lr": "interval(0,1)", "momentum": None}})]
    [('optimizer.lr', 'interval(0,1)')]
    """
    if isinstance(space, Mapping):
        for name, inner in space.items():
            yield from written(inner, f"{prefix}.{name}" if prefix else str(name))
    elif space is not None:
        yield prefix, str(space)


def read(option: str, text: str) -> Override:
    """A line of the space, in Hydra's grammar of sweeps.

    Raises:
        UsageError: it is no range.
    """
    said = "write interval(0,0.5), range(1,4), choice(a,b), tag(times,log,interval(0.5,2)), or null"
    try:
        override = OverridesParser.create().parse_override(f"{option}={text}")
    except HydraException as error:
        raise UsageError(f"{text!r} cannot be read; {said}", option=option) from error
    if not override.is_sweep_override():
        raise UsageError(f"{text!r} is one value and no range of them; {said}", option=option)
    check_range(option, override)
    return override


def check_range(option: str, override: Override) -> None:
    """Refuse what can be drawn around no value (UsageError).

    A tag is unknown, the bounds are in the wrong order, ratios are drawn from 0 on, or words are to
    be multiplied.
    """
    sweep: Any = override.value()
    tags = {check_choice(option, tag, TAGS) for tag in sweep.tags}
    if isinstance(sweep, IntervalSweep):
        low, high, ratios = float(sweep.start or 0), float(sweep.end or 0), "log" in tags
        if not low < high or (ratios and low <= 0):
            raise UsageError(
                f"{low:g} to {high:g} is no range{' of ratios' if ratios else ''}; write the "
                f"lower bound first{', above 0' if ratios else ''}",
                option=option,
            )
    elif "times" in tags:
        texts = [*override.sweep_string_iterator()]
        try:
            _ = [float(text) for text in texts]
        except ValueError as error:
            said = f"{', '.join(texts)} multiply no value; write numbers, or leave out `times`"
            raise UsageError(said, option=option) from error


def searched(option: str, override: Override, own: Any) -> Searched | None:
    """What an option is drawn from, around its own value; None where that is no number to go by.

    The range is one that `check_range` takes.

    >>> searched("lr", read("lr", "tag(times,log,interval(0.5,2))"), 0.004)
    Searched(distribution=FloatDistribution(high=0.008, log=True, low=0.002, step=None), own=0.004)
    >>> searched("size", read("size", "tag(times,interval(0.5,2))"), 96).distribution
    IntDistribution(high=192, log=False, low=48, step=16)
    >>> searched("cell", read("cell", "gru,sru"), "lstm").distribution
    CategoricalDistribution(choices=('gru', 'sru', 'lstm'))
    """
    sweep: Any = override.value()
    number = isinstance(own, (int, float)) and not isinstance(own, bool)
    if "times" in sweep.tags and not (number and own > 0):
        return None
    if not isinstance(sweep, IntervalSweep):
        texts = [_TRUTHS.get(text, text) for text in override.sweep_string_iterator()]
        if "times" in sweep.tags:
            texts = [shown(_multiple(own, float(text))) for text in texts]
        mine = None if own is None else as_value(own)
        every = dict.fromkeys([*texts, *([] if mine is None else [mine])])
        return Searched(CategoricalDistribution([*every]), mine)
    if own is not None and not number:
        return None
    logarithmic = "log" in sweep.tags
    factor = own if "times" in sweep.tags else 1
    low, high = float(sweep.start or 0) * factor, float(sweep.end or 0) * factor
    if own is None or (logarithmic and own <= 0):
        return Searched(FloatDistribution(low, high, log=logarithmic), None)
    low, high = float(min(low, own)), float(max(high, own))
    if isinstance(own, int) and ("times" in sweep.tags or (low.is_integer() and high.is_integer())):
        return Searched(_whole(low, high, own, logarithmic), own)
    return Searched(FloatDistribution(low, high, log=logarithmic), own)


def first_of(override: Override) -> str:
    """One of the values of a range, as it is typed."""
    sweep: Any = override.value()
    if isinstance(sweep, IntervalSweep):
        return shown(sweep.start)
    return next(iter(override.sweep_string_iterator()))


def shown(value: Any) -> str:
    """A value as it is typed; three digits of a drawn one are enough.

    >>> shown(0.00123456), shown(48), shown("gru")
    ('0.00123', '48', 'gru')
    """
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _multiple(own: float, factor: float) -> float:
    """A multiple of a value; of a whole number another one, from 1."""
    return max(1, round(factor * own)) if isinstance(own, int) else factor * own


def _whole(low: float, high: float, own: int, logarithmic: bool) -> IntDistribution:
    step = 1 if logarithmic else math.gcd(own, STEP) if own else 1
    least, most = math.ceil(low / step) * step, math.floor(high / step) * step
    return IntDistribution(least, most, log=logarithmic, step=step)
