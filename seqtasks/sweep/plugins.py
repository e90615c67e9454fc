"""What Hydra finds by names of its package for plugins, the only names that it takes."""

from __future__ import annotations

from hydra.core.plugins import Plugins

from seqtasks.sweep.ray import Ray
from seqtasks.sweep.sweeper import Sweep
from seqtasks.sweep.tuning.sweeper import Tune

PLUGINS = {f"hydra_plugins.seqtasks.{kind.__name__}": kind for kind in (Sweep, Tune, Ray)}
"""By the name that a configuration gives as ``_target_``."""


def register() -> None:
    """Let Hydra know them."""
    Plugins.instance().class_name_to_class.update(PLUGINS)
