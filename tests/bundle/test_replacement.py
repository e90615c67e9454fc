"""A bundle is replaced whole, and whoever reads it meanwhile believes no mixture."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

import pytest
import saved
import torch

from seqtasks import bundle
from seqtasks.bundle import bundle as bundles
from seqtasks.bundle.replacement import renewed
from seqtasks.errors import BundleError


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The folders of two models of the same sizes."""
    folder = tmp_path_factory.mktemp("models")
    for seed in (1, 2):
        saved.save(folder / str(seed), "task=tagging", seed=seed)
    return [folder / "1", folder / "2"]


def copied(source, target) -> None:
    """Save a bundle again in a folder."""
    with renewed(target) as place:
        for path in sorted(source.iterdir(), key=lambda path: path.name == "manifest.json"):
            shutil.copyfile(path, place / path.name)


def half_copied(source, target) -> None:
    """Begin to do so."""
    with renewed(target) as place:
        shutil.copyfile(source / "model.safetensors", place / "model.safetensors")
        raise KeyboardInterrupt


def weights(model):
    return torch.cat([tensor.flatten() for tensor in model.task.state_dict().values()])


def test_a_bundle_takes_the_place_of_another(two, tmp_path):
    for source in two:
        copied(source, tmp_path / "made")
        assert torch.equal(weights(bundle.load(tmp_path / "made")), weights(bundle.load(source)))
    assert os.listdir(tmp_path) == ["made"]


def test_one_that_is_not_finished_leaves_the_one_before(two, tmp_path):
    copied(two[0], tmp_path / "made")
    with suppress(KeyboardInterrupt):
        half_copied(two[1], tmp_path / "made")
    bundle.load(tmp_path / "made")


def test_files_of_others_stay_and_half_a_bundle_is_none(two, tmp_path):
    (tmp_path / "notes").touch()
    copied(two[0], tmp_path)
    with suppress(KeyboardInterrupt):
        half_copied(two[1], tmp_path)
    with pytest.raises(BundleError, match="is not a bundle"):
        bundle.load(tmp_path)
    copied(two[1], tmp_path)
    bundle.load(tmp_path)
    assert (tmp_path / "notes").exists()


@pytest.mark.parametrize("moment", ["build", "check_shared", "check_weights", "fill"])
def test_a_bundle_that_is_replaced_while_it_is_read(two, tmp_path, monkeypatch, moment):
    copied(two[0], tmp_path / "made")
    usual = getattr(bundles, moment)

    def meanwhile(*given, **options):
        copied(two[1], tmp_path / "made")
        return usual(*given, **options)

    monkeypatch.setattr(bundles, moment, meanwhile)
    with pytest.raises(BundleError, match=r"replaced while it was read|is damaged or was"):
        bundle.load(tmp_path / "made")
