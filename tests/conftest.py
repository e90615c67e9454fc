"""What the tests share: composed configurations, shrunk to seconds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import DictConfig, open_dict
from small import OUTSIDE

torch.set_num_threads(1)


@pytest.fixture
def composed(monkeypatch, tmp_path):
    """A function from overrides to the configuration, with a run folder of its own."""
    monkeypatch.syspath_prepend(str(OUTSIDE))

    def make(*overrides: str) -> DictConfig:
        with initialize_config_module("seqtasks.conf", version_base="1.3"):
            search = f"hydra.searchpath=[file://{OUTSIDE / 'conf'}]"
            config = compose("config", [search, *overrides])
        with open_dict(config):
            config.paths.run = str(tmp_path / "run")
        return config

    return make


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; tests that need it are skipped without it."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SEQTASKS_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real data: set SEQTASKS_DATA to the folder that holds it")
    return folder
