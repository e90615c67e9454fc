"""``python -m seqtasks task=tagging``: compose the configuration and run it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from seqtasks.usage import reported


@hydra.main(version_base="1.3", config_path="pkg://seqtasks.conf", config_name="config")
def main(config: DictConfig) -> None:
    """Train, test, save and explain what the configuration says."""
    hydra_config = HydraConfig.get()
    # A process that Lightning starts keeps its parent's folder.
    folder = os.environ.setdefault("SEQTASKS_RUN", hydra_config.runtime.output_dir)
    try:
        with reported(sys.argv[1:]):
            from seqtasks.run import run  # late, so that --help need not wait for torch

            run(config, Path(folder), hydra_config.runtime.choices["task"])
    finally:  # another job may follow in this process, with processes of its own
        for name in ("SEQTASKS_RUN", "LOCAL_RANK"):
            os.environ.pop(name, None)


if __name__ == "__main__":
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra then leaves its errors to us
    with reported(sys.argv[1:]):
        main()
