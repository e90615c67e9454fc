"""Every kind of hostile bundle, opened here: refused by one line, before it costs anything."""

from __future__ import annotations

import shutil

import pytest
from chaos import bundles
from chaos.damage import KINDS, TOKENIZERS
from chaos.graph_damage import GRAPHS

from seqtasks import bundle
from seqtasks.errors import BundleError
from seqtasks.trial import child

EVERY = [
    *((name, damage, "tagging") for name, damage in KINDS.items()),
    *((name, damage, "transduction") for name, damage in TOKENIZERS.items()),
    *((name, damage, "exported") for name, damage in GRAPHS.items()),
]


@pytest.mark.parametrize(("name", "damage", "model"), EVERY, ids=[name for name, *_ in EVERY])
def test_a_kind_of_hostile_bundle(name, damage, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(child, "SECONDS", 4.0)
    assert bundles.attempt(name, damage, model, bundles.load, 1, tmp_path) == ""


@pytest.mark.parametrize("model", ["tagging", "transduction", "exported"])
def test_the_good_ones_are_opened(model):
    bundle.load(bundles.good() / model).predict([bundles.TEXT])


def test_a_good_one_is_opened_in_a_process_of_its_own_too():
    bundle.load(bundles.good() / "exported", tried=True)


def test_links_of_the_hubs_cache_are_followed_and_no_others(tmp_path):
    snapshot, blobs = tmp_path / "models--a--b" / "snapshots" / "1", tmp_path / "models--a--b/blobs"
    shutil.copytree(bundles.good() / "tagging", snapshot)
    blobs.mkdir()
    for path in [*snapshot.iterdir()]:
        path.rename(blobs / path.name)
        path.symlink_to(f"../../blobs/{path.name}")
    bundle.load(snapshot)
    blobs.rename(tmp_path / "elsewhere")
    blobs.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="is a link that leads out of the bundle"):
        bundle.load(snapshot)


def test_a_folder_may_be_reached_by_a_link_and_a_file_by_a_link_beside_it(tmp_path):
    folder = shutil.copytree(bundles.good() / "tagging", tmp_path / "bundle")
    (folder / "README.md").rename(folder / "card.md")
    (folder / "README.md").symlink_to("card.md")
    (tmp_path / "link").symlink_to("bundle")
    bundle.load(tmp_path / "link")


def test_what_is_read_is_what_was_checked(tmp_path, monkeypatch):
    folder = shutil.copytree(bundles.good() / "tagging", tmp_path / "bundle")
    plain = bundle.files.read_plain

    def swap(path, most):
        content = plain(path, most)
        if path.name != "manifest.json":
            path.write_bytes(b"task: {_target_: evil.Evil}")
        return content

    monkeypatch.setattr(bundle.files, "read_plain", swap)
    assert bundle.load(folder).card == "# A model\n"
