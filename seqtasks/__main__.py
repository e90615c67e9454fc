"""``python -m seqtasks task=tagging``: compose the configuration and run it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from seqtasks.usage import report_errors


@hydra.main(version_base="1.3", config_path="pkg://seqtasks.conf", config_name="config")
def main(config: DictConfig) -> None:
    """Train, test, save and explain what the configuration says."""
    from seqtasks.run import run  # after composition, so that --help need not wait for torch

    hydra_config = HydraConfig.get()
    if "LOCAL_RANK" not in os.environ:
        os.environ["SEQTASKS_RUN"] = hydra_config.runtime.output_dir
    run(config, Path(os.environ["SEQTASKS_RUN"]), hydra_config.runtime.choices["task"])


if __name__ == "__main__":
    sys.exit(report_errors(main, sys.argv[1:]))
