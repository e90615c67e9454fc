"""A checkpoint is whole or refused, and the one before stays until the next is on the disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.io.torch_io import TorchCheckpointIO

from seqtasks.errors import SeqtasksError
from seqtasks.files.space import FullDisk
from seqtasks.training import checkpoint_writing
from seqtasks.training.checkpoint_file import newest_whole, read
from seqtasks.training.checkpoint_writing import WholeCheckpoints, with_whole_checkpoints

CONTENT = {"state_dict": {"weight": torch.arange(6.0)}, "epoch": 3}


def save(path: Path, content: object = CONTENT) -> None:
    WholeCheckpoints().save_checkpoint(content, path)


def test_a_flipped_byte_anywhere_is_refused_or_does_no_harm(tmp_path):
    path = tmp_path / "a.ckpt"
    save(path)
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0x41
        path.write_bytes(damaged)
        try:
            found = read(path)
        except SeqtasksError:
            refused += 1
        else:
            assert found["epoch"] == 3
            assert torch.equal(found["state_dict"]["weight"], CONTENT["state_dict"]["weight"])
    assert refused > len(whole) // 6  # the rest is what lies between the parts


@pytest.mark.parametrize("length", [0, 100, -1])
def test_what_is_cut_names_the_newest_whole_one(tmp_path, length):
    for number, name in enumerate(["best", "step=4", "last"]):
        save(tmp_path / f"{name}.ckpt")
        os.utime(tmp_path / f"{name}.ckpt", (number, number))
    last = tmp_path / "last.ckpt"
    last.write_bytes(last.read_bytes()[:length])
    assert newest_whole([tmp_path]) == tmp_path / "step=4.ckpt"
    with pytest.raises(SeqtasksError, match=r"newest whole one beside it is .*step=4\.ckpt"):
        read(last)
    save(last)
    assert newest_whole([tmp_path, tmp_path / "nowhere"]) == last
    assert newest_whole([tmp_path], but=last) == tmp_path / "step=4.ckpt"


def test_nothing_whole_is_left(tmp_path):
    (tmp_path / "last.ckpt").write_bytes(b"PK")
    with pytest.raises(SeqtasksError, match="there is no whole one beside it; begin again"):
        read(tmp_path / "last.ckpt")


def test_the_one_before_stays_until_the_next_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "last.ckpt"
    save(path)

    def killed(part):
        assert part.parent == path.parent
        raise KeyboardInterrupt

    monkeypatch.setattr("seqtasks.files.replacing.flush", killed)
    with pytest.raises(KeyboardInterrupt):
        save(path, {"state_dict": {}})
    assert read(path)["epoch"] == 3
    assert os.listdir(path.parent) == ["last.ckpt"]


def test_what_a_full_disk_does_not_take_is_saved_elsewhere(tmp_path, monkeypatch):
    full, room = tmp_path / "full", tmp_path / "room"
    room.mkdir()
    save(full / "last.ckpt", {"state_dict": {}})

    def replacing(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint_writing, "replacing", replacing)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(room))
    with pytest.raises(FullDisk, match=str(full)) as caught:
        save(full / "last.ckpt")
    saved = caught.value.saved
    assert saved.parents[1] == room
    assert read(saved)["epoch"] == 3
    assert read(full / "last.ckpt")["state_dict"] == {}


def test_plugins_of_the_user_stay():
    mine = TorchCheckpointIO()
    assert with_whole_checkpoints([mine]) == [mine]
    assert with_whole_checkpoints(mine) == [mine]
    for given in (None, []):
        assert isinstance(with_whole_checkpoints(given)[-1], WholeCheckpoints)


def test_every_trainer_has_it(composed):
    from seqtasks.run import make_trainer

    followers = ["callbacks.checkpoint=null", "callbacks.early_stopping=null"]
    trainer = make_trainer(composed(*followers, "logger=none"), pl.LightningModule())
    assert isinstance(trainer.strategy.checkpoint_io, WholeCheckpoints)
