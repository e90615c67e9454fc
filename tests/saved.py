"""Saved models that were never trained."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf
from small import OUTSIDE, SMALL

from seqtasks import bundle
from seqtasks.data.raw_inputs import spelled


def save(folder: Path, *options: str, seed: int = 5, sizes: Sequence[str] = SMALL[:4]) -> list[str]:
    """Write the bundle of a model with random weights; the raw lines of its test data."""
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        search = f"hydra.searchpath=[file://{OUTSIDE / 'conf'}]"
        config = compose("config", [search, *sizes, *options])
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(seed)
    model = instantiate(config.task)(data.vocabularies).eval()
    for parameter in model.parameters():  # so that its outputs differ from each other
        torch.nn.init.normal_(parameter, std=0.4)
    plain = OmegaConf.to_container(config, resolve=True)
    fields = {field: plain["data"][field] for field in data.fields}
    told = {"task": plain["task"], "fields": fields, "data": plain["data"]}
    bundle.save(folder, model, told, data.fields, {}, "# A model\n")
    return [spelled(record.values, model.inputs) for record in data.datasets["test"].records]


def reseal(folder: Path) -> None:
    """Write checksums that fit, as someone would who changes a bundle on purpose."""
    path = folder / bundle.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["sha256"] = {name: bundle.checksum(folder / name) for name in manifest["sha256"]}
    path.write_text(json.dumps(manifest))
