"""Bundles on the Hugging Face Hub, from a folder laid out as its cache."""

from __future__ import annotations

import shutil

import pytest
import yaml
from hydra import compose, initialize_config_module
from small import SMALL

from seqtasks import bundle, predict
from seqtasks.bundle import hub as remote
from seqtasks.errors import BundleError, UsageError
from seqtasks.run import run

huggingface_hub = pytest.importorskip("huggingface_hub")
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", ["task=tagging", *SMALL])
    run(config, folder, "tagging")
    return folder / "bundle"


@pytest.fixture
def cache(made, tmp_path, monkeypatch):
    """The Hub's cache with one model, its files links to blobs as the Hub's are."""
    model = tmp_path / "models--someone--a-tagger"
    snapshot, blobs = model / "snapshots" / REVISION, model / "blobs"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(REVISION)
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for number, path in enumerate(made.iterdir()):
        shutil.copy(path, blobs / str(number))
        (snapshot / path.name).symlink_to(f"../../blobs/{number}")
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(
        huggingface_hub, "snapshot_download", with_cache(huggingface_hub, str(tmp_path))
    )


def with_cache(hub, folder):
    original = hub.snapshot_download
    return lambda *arguments, **options: original(*arguments, cache_dir=folder, **options)


def test_a_model_is_loaded_by_its_address(cache, made):
    lines = ["the dogs see the cat ."]
    expected = bundle.load(made).predict(lines)
    assert bundle.load("hf://someone/a-tagger").predict(lines) == expected
    assert bundle.load(f"hf://someone/a-tagger@{REVISION}").predict(lines) == expected


def test_commands_take_it_too(cache, tmp_path):
    (tmp_path / "in").write_text("the dogs see the cat .\n")
    files = ["--input", str(tmp_path / "in"), "--output", str(tmp_path / "out")]
    predict.main(["hf://someone/a-tagger", *files])
    assert len((tmp_path / "out").read_text().split()) == 6


def test_addresses_that_lead_nowhere(cache):
    with pytest.raises(BundleError, match="hf://someone/else cannot be fetched"):
        bundle.load("hf://someone/else")
    for address in ("hf://someone", "hf://a/b/c", "hf://a b/c"):
        with pytest.raises(UsageError, match="write a model on the Hub as hf://OWNER/NAME"):
            remote.fetched(address)


def test_the_card_is_what_the_hub_reads(made):
    card = huggingface_hub.ModelCard.load(made / "README.md")
    assert card.data.library_name == "seqtasks"
    assert card.data.pipeline_tag == "token-classification"
    found = {(one.task_type, one.metric_type) for one in card.data.eval_results}
    assert ("token-classification", "accuracy") in found
    text = (made / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert "seqtasks" in front["tags"]
