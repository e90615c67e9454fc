"""What the parts of a training take, as far as they have been measured."""

from __future__ import annotations

from typing import NamedTuple

from seqtasks.training.time_plan import Costs, Speed

FORWARD = 0.5
"""What a batch costs in evaluation, in those of training, before it is measured."""

EACH = 8.0
"""What the report takes to look at a test example, in those of the test."""


class Sizes(NamedTuple):
    """How much there is to do beside training.

    Attributes:
        validation: its batches; 0 where there is none.
        calibration: as many batches of validation take as long.
        test: its batches.
        examples: of the test.
        looked_at: of these, by the report.
        parts: batches of a step of the optimizer.
    """

    validation: float
    calibration: float
    test: float
    examples: int
    looked_at: int
    parts: int


class Measured:
    """Seconds; what is None has not been measured.

    Attributes:
        speed: of the steps.
        validation: of the last one, checkpoints included.
        evaluation: of a batch of it.
        test: of a batch of the test.

    >>> measured = Measured()
    >>> measured.speed.add(steps=10, seconds=2.0)
    >>> sizes = Sizes(validation=5, calibration=5, test=10, examples=80, looked_at=0, parts=1)
    >>> measured.costs(sizes, saving=1.0)
    Costs(step=0.2, validation=0.5, after=2.5)
    """

    def __init__(self) -> None:
        self.speed = Speed()
        self.validation: float | None = None
        self.evaluation: float | None = None
        self.test: float | None = None

    def costs(self, sizes: Sizes, saving: float) -> Costs:
        """What each part takes.

        Args:
            sizes: of the parts.
            saving: seconds at the end of the command that nothing here measures.
        """
        step = self.speed.seconds_of_a_step
        batch = self.evaluation
        if batch is None:
            batch = FORWARD * step / sizes.parts
        validation = batch * sizes.validation
        if self.validation is not None and sizes.validation:
            validation = self.validation
        test = max(batch, self.test or 0.0) * sizes.test
        looked_at = EACH * test * min(1.0, sizes.looked_at / max(sizes.examples, 1))
        return Costs(step, validation, batch * sizes.calibration + test + looked_at + saving)

    def state(self) -> list[float | None]:
        """What a resumed training begins with."""
        return [self.validation, self.evaluation, self.test]

    def resume(self, state: list[float | None]) -> None:
        """Begin with the `state` of an interrupted training."""
        self.validation, self.evaluation, self.test = state
