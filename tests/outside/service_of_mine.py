"""A logger as a user may write one."""

from __future__ import annotations

from collections.abc import Sequence

from pytorch_lightning.loggers import Logger


class Service(Logger):
    """Keeps what it is told in memory; fails at the calls that are named."""

    def __init__(self, fails: Sequence[str] = ()) -> None:
        super().__init__()
        self.fails, self.told = fails, []

    name = version = "service"

    @property
    def experiment(self):
        self.hear("experiment")
        return self

    def hear(self, what: str, *values) -> None:
        if what in self.fails:
            raise ConnectionError(f"{what}: the server is gone\nmore of it")
        self.told.append((what, *values))

    def log_hyperparams(self, params, *more):
        self.hear("params", dict(params))

    def log_metrics(self, metrics, step=None):
        self.hear("metrics", dict(metrics))

    def finalize(self, status):
        self.hear("finalize", status)

    def end(self, failed):
        self.hear("end", failed)

    def log_image(self, key):
        self.hear("image", key)
