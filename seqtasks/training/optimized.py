"""The score of the validation that runs are compared by."""

from __future__ import annotations

from seqtasks.errors import UsageError, check_choice
from seqtasks.task import Task


def optimized(task: Task, name: str | None) -> tuple[str, str]:
    """A score of the validation, and whether less (``min``) or more (``max``) of it is better.

    Args:
        task: that is validated.
        name: ``val/loss``, say; None for the task's own.

    Raises:
        UsageError: the task has no such score, or neither less nor more of it is better.
    """
    if name is None or name == task.monitor:
        return task.monitor, task.mode
    better: dict[str, bool | None] = {"val/loss": False}
    better |= {f"val/{one}": metric.higher_is_better for one, metric in task.metrics().items()}
    more = better[check_choice("optimized_metric", name, better)]
    if more is None:
        raise UsageError(
            f"neither less nor more of {name} is better; choose another score, such as "
            f"{task.monitor}",
            option="optimized_metric",
        )
    return name, "max" if more else "min"
