"""A saved model: complete, undamaged, and without a stranger's code."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from saved import reseal
from small import ROOT, SMALL

from seqtasks import bundle
from seqtasks.bundle.build import build
from seqtasks.errors import BundleError, UsageError
from seqtasks.run import run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One trained bundle for the whole module."""
    from hydra import compose, initialize_config_module

    folder = tmp_path_factory.mktemp("run")
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", ["task=classification", *SMALL])
    run(config, folder, "classification")
    return folder / "bundle"


@pytest.fixture
def copied(made, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(made, tmp_path / "bundle")


def test_holds_weights_configuration_vocabularies_scores_and_a_card(made):
    names = {path.name for path in made.iterdir()}
    assert names == {
        "model.safetensors",
        "config.yaml",
        "metrics.json",
        "README.md",
        "manifest.json",
        "tokens.vocabulary.json",
        "label.vocabulary.json",
    }
    card = (made / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: seqtasks\n")
    assert "| this model | accuracy |" in card


def test_predictions_do_not_depend_on_the_batch(made):
    loaded = bundle.load(made)
    lines = ["the dogs see the cat .", "she walks .", "he does not like the happy teachers ."]
    assert loaded.predict(lines, batch_size=1) == loaded.predict(lines, batch_size=3)


@pytest.mark.parametrize(
    "name",
    ["model.safetensors", "config.yaml", "metrics.json", "tokens.vocabulary.json", "manifest.json"],
)
def test_a_missing_or_damaged_file_is_named(copied, name):
    content = (copied / name).read_bytes()
    (copied / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match=name):
        bundle.load(copied)
    (copied / name).unlink()
    with pytest.raises(BundleError, match=name):
        bundle.load(copied)


def test_one_flipped_bit_in_the_weights_is_seen(copied):
    path = copied / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match="damaged or was changed"):
        bundle.load(copied)


def test_weights_of_other_sizes_are_refused(copied):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["task"]["encoder"]["hidden_size"] = 13
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    with pytest.raises(BundleError, match=r"model.safetensors does not fit config.yaml"):
        bundle.load(copied)


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "builtins.eval",
        "torch.load",
        "subprocess.Popen",
        "seqtasks.bundle.yaml.load",
        "seqtasks.bundle.Path",
        "seqtasks.bundle.load",
        "seqtasks.run.os.system",
        "seqtasks.tests.broken_cells.Elman",
        "seqtasks.runs.tagging.latest.bundle.evil.Evil",
        "eval",
    ],
)
def test_a_target_outside_the_package_is_refused_unrun(copied, target):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["task"] = {"_target_": target, "_partial_": True}
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    with pytest.raises(BundleError, match=r"config\.yaml names"):
        bundle.load(copied)


def test_a_path_out_of_the_folder_is_refused(copied):
    manifest = json.loads((copied / bundle.MANIFEST).read_text())
    manifest["sha256"]["../secret"] = "0"
    (copied / bundle.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="is not a file of the bundle"):
        bundle.load(copied)


def test_code_beside_the_package_is_not_imported(copied, monkeypatch):
    folder = ROOT / "evil_folder"
    folder.mkdir()
    try:
        (folder / "evil.py").write_text("raise RuntimeError('it ran')\nclass Evil: ...\n")
        with pytest.raises(BundleError, match="not a part of seqtasks"):
            build({"_target_": "seqtasks.evil_folder.evil.Evil"})
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["../tokens", "a/b", ""])
def test_a_field_that_names_a_path_is_refused(copied, name):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["fields"] = {name: config["fields"]["tokens"]}
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    with pytest.raises(BundleError, match="no vocabulary for the field"):
        bundle.load(copied)


def test_another_configuration_is_refused(copied):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["task"]["renamed"] = 1
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    with pytest.raises(BundleError, match="does not fit this version"):
        bundle.load(copied)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (
            1,
            r"was saved by an older seqtasks \(format 1, not 3\); train it again with this version",
        ),
        (
            99,
            r"was saved by another seqtasks \(format 99, not 3\); .* use the version that saved it",
        ),
    ],
)
def test_another_format_is_refused_by_one_line(copied, number, said):
    manifest = json.loads((copied / bundle.MANIFEST).read_text())
    (copied / bundle.MANIFEST).write_text(json.dumps({**manifest, "format": number}))
    with pytest.raises(BundleError, match=said) as refused:
        bundle.load(copied)
    assert "\n" not in str(refused.value)


def test_a_file_called_latest_leads_to_the_newest_run(made, tmp_path):
    (tmp_path / "newest").symlink_to(made.parent)
    (tmp_path / "latest").write_text("newest")
    assert bundle.load(tmp_path / "latest" / "bundle").metrics == bundle.load(made).metrics


def test_a_folder_that_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match="is not a bundle"):
        bundle.load(tmp_path)
    with pytest.raises(BundleError, match="there is no such folder"):
        bundle.load(tmp_path / "nothing")


def test_a_class_of_ones_own_is_made_only_if_trusted():
    node = {"_target_": "fractions.Fraction", "numerator": 3}
    with pytest.raises(BundleError, match="name its module fractions with trust"):
        build(node)
    assert build(node, trusted=["fractions"]) == 3


@pytest.mark.parametrize("device", ["meta", "cuda:77", "nowhere"])
def test_a_device_that_cannot_compute_is_refused(made, device):
    with pytest.raises(UsageError, match=f"{device} cannot be used here: .*; leave it at cpu"):
        bundle.load(made, device)
