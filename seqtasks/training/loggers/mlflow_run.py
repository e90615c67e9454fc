"""MLflow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pytorch_lightning.loggers import MLFlowLogger
from pytorch_lightning.utilities import rank_zero_only

from seqtasks.training.loggers.library import check_library


class MLflowRun(MLFlowLogger):
    """Lightning's logger for MLflow, which keeps the configuration as a file too.

    MLflow cuts the values of parameters, and takes only some characters in names.

    Args:
        tracking_uri: where the runs are kept; None for MLflow's own default, where ``mlflow ui``
            looks: ``MLFLOW_TRACKING_URI``, else the working folder.
        tags: each becomes a tag of the value ``true``.
        options: of Lightning's `MLFlowLogger`.

    Raises:
        UsageError: MLflow is not installed.
    """

    def __init__(
        self, tracking_uri: str | None = None, tags: Sequence[str] = (), **options: Any
    ) -> None:
        check_library("mlflow")
        from mlflow import get_tracking_uri

        super().__init__(
            tracking_uri=tracking_uri or get_tracking_uri(),
            tags=dict.fromkeys(map(allowed, tags), "true"),
            **options,
        )

    @rank_zero_only
    def log_hyperparams(self, params: Any) -> None:
        """Log options as parameters, and nested ones as ``config.yaml`` besides."""
        if any(isinstance(value, Mapping) for value in params.values()):
            self.experiment.log_dict(self.run_id, params, "config.yaml")
        super().log_hyperparams(with_allowed_names(params))


def allowed(name: str) -> str:
    """A name with an underscore for what MLflow does not take in one.

    >>> allowed("lr=0.1"), allowed("encoder/cell")
    ('lr_0.1', 'encoder/cell')
    """
    return re.sub(r"[^\w./ -]", "_", name)


def with_allowed_names(params: Any) -> Any:
    """Nested options under allowed names."""
    if not isinstance(params, Mapping):
        return params
    return {allowed(str(name)): with_allowed_names(value) for name, value in params.items()}
