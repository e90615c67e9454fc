"""A folder is one run's: made for it alone, gone on with, refused or replaced."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seqtasks.errors import SeqtasksError
from seqtasks.files.holding import let_go
from seqtasks.folders.claim import claim, first_free
from seqtasks.folders.contents import SWEEP

CONFIG = "seed: 1\nckpt_path: null\noverwrite: false\npaths: {}\ntask: {}\n"
CONTENT = {
    "config.yaml": CONFIG,
    "multirun.yaml": f"hydra: {{}}\n{CONFIG}",
    "manifest.json": '{"format": 1, "sha256": {"model.safetensors": "0", "../config.yaml": "0"}}',
}


@pytest.fixture
def claimed(tmp_path, monkeypatch):
    """Claims below the working folder that are let go at once, as by runs that have ended."""
    monkeypatch.chdir(tmp_path)

    def ended(folder: str, *contents, **options) -> Path:
        found = claim(Path(folder), *contents, **options)
        let_go(found)
        return found

    return ended


def left(folder: str, *names: str) -> None:
    """Let a run leave files in its folder."""
    for name in names:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONTENT.get(path.name, "old"))


def files(folder: str) -> set[str]:
    """The files in a folder and below."""
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found}


def test_ten_at_once_make_ten_folders(tmp_path):
    with ThreadPoolExecutor(10) as pool:
        found = [*pool.map(first_free, [tmp_path / "deep" / "10-00-00"] * 10)]
    names = {f"10-00-00_{number}" for number in range(2, 11)}
    assert {path.name for path in found} == {"10-00-00", *names}


def test_a_name_of_the_clock_gets_a_number_where_it_is_taken(claimed):
    assert claimed("10-00-00", from_clock=True) == Path("10-00-00")
    assert claimed("10-00-00", from_clock=True) == Path("10-00-00_2")


@pytest.mark.parametrize("name", ["checkpoints/best.ckpt", "bundle/manifest.json", "metrics.json"])
def test_a_folder_that_holds_a_run_is_refused(claimed, name):
    claimed("mine")
    left("mine", "config.yaml", name)
    with pytest.raises(SeqtasksError, match="mine holds a run; replace it with overwrite=true, or"):
        claimed("mine")
    assert Path("mine", name).is_file()
    claimed("mine", overwrite=True)  # nobody holds it any more


def test_a_run_is_resumed_in_its_folder_by_its_own_checkpoint(claimed):
    claimed("mine")
    left("mine", "config.yaml", "metrics.json", "checkpoints/.last.ckpt.abcd_123.part")
    left("mine", "checkpoints/last.ckpt")
    left("other", "checkpoints/last.ckpt")
    with pytest.raises(SeqtasksError, match="resume it with ckpt_path=mine/checkpoints/last"):
        claimed("mine", checkpoint="other/checkpoints/last.ckpt")
    claimed("mine", checkpoint=str(Path("mine/checkpoints/last.ckpt").absolute()))
    assert os.listdir("mine/checkpoints") == ["last.ckpt"]
    assert Path("mine/metrics.json").read_text() == "old"
    with pytest.raises(SeqtasksError, match="overwrite: it would remove ckpt_path"):
        claimed("mine", checkpoint="mine/checkpoints/last.ckpt", overwrite=True)


def test_a_copied_run_is_resumed(claimed):
    left("copy", "config.yaml", "checkpoints/last.ckpt")  # without the hidden files
    claimed("copy", checkpoint="copy/checkpoints/last.ckpt")
    assert Path("copy/checkpoints/last.ckpt").is_file()


def test_what_an_older_run_has_left_is_removed_and_nothing_else(claimed):
    claimed("mine")
    left("mine", "checkpoints/last.ckpt", "csv/metrics.csv", "csv/hparams.yaml", "report.html")
    left("mine", "config.yaml", "metrics.json", "seqtasks.log", "tensorboard/events.out.1")
    left("mine", "train_ddp_process_1.log", ".metrics.json.abcd_123.part")
    left("mine", "bundle/manifest.json", "bundle/model.safetensors", "bundle-onnx/manifest.json")
    others = {"notes.txt", "bundle/notes.txt", "bundle-onnx.zip", "csv/train.tsv", "a/config.yaml"}
    others |= {"checkpoints/mine.pt", "tensorboard/x", ".part", ".my.part", "latest"}
    left("mine", *others)
    claimed("mine", overwrite=True)
    assert files("mine") == {".seqtasks", *others}


def test_a_run_that_left_nothing_of_use_is_begun_again(claimed):
    claimed("mine")
    left("mine", "config.yaml", "csv/metrics.csv", "csv/train.tsv", "checkpoints/mine.pt")
    left("mine", ".config.yaml.abcd_123.part", "seqtasks.log")
    Path("mine/bundle").mkdir()
    claimed("mine")
    kept = {".seqtasks", "config.yaml", "seqtasks.log", "checkpoints/mine.pt", "csv/train.tsv"}
    assert files("mine") == {*kept, "csv/metrics.csv"}
    claimed("mine", overwrite=True)
    assert files("mine") == {".seqtasks", "checkpoints/mine.pt", "csv/train.tsv"}


def test_a_folder_of_other_files_is_taken_as_it_is(claimed):
    others = {"notes.txt", "checkpoints/mine.pt", "csv/train.tsv", "summary.json", ".lock"}
    left("mine", *others)
    for options in ({}, {}, {"overwrite": True}):
        claimed("mine", **options)
        assert files("mine") == {".seqtasks", *others}


@pytest.mark.parametrize(
    "name",
    ["config.yaml", "checkpoints/a.ckpt", "bundle/a", "bundle", "csv/metrics.csv", "metrics.json"],
)
@pytest.mark.parametrize("begun", [False, True])
def test_where_a_run_would_write_over_other_files_it_is_refused(claimed, name, begun):
    if begun:  # one that failed before it wrote anything
        claimed("mine")
    left("mine", name)
    Path("mine", name).write_text("of somebody")
    for options in ({}, {"overwrite": True}):
        with pytest.raises(SeqtasksError, match=r"mine/.* would be written over by this run, and"):
            claimed("mine", **options)
    assert files("mine") == {name, *([".seqtasks"] if begun else [])}


def test_a_folder_in_the_place_of_the_bundle_is_refused(claimed):
    claimed("mine")
    left("mine", "config.yaml", "metrics.json", "bundle/mine")
    with pytest.raises(SeqtasksError, match="mine/bundle would be written over by this run"):
        claimed("mine", overwrite=True)
    assert files("mine") == {".seqtasks", "config.yaml", "metrics.json", "bundle/mine"}


def held(folder: Path, ready, done) -> None:
    claim(folder)
    ready.set()
    done.wait(20)


def test_a_folder_in_which_a_run_is_under_way_is_refused_whatever_is_said(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=held, args=(tmp_path / "mine", ready, done))
    process.start()
    assert ready.wait(20)
    for options in ({}, {"overwrite": True}):
        with pytest.raises(SeqtasksError, match="another run is under way in"):
            claim(tmp_path / "mine", **options)
    process.kill()
    process.join()
    let_go(claim(tmp_path / "mine"))


def test_the_folder_of_a_sweep_is_one_sweeps(claimed):
    for number in range(3):
        claimed(f"sweep/{number}")
        left(f"sweep/{number}", "config.yaml", "metrics.json")
    claimed("sweep/of_mine")
    claimed("sweep/3")  # of a run that failed at once
    left("sweep/3", "seqtasks.log")
    claimed("sweep", SWEEP)
    left(
        "sweep", "jobs.jsonl", "summary.json", "multirun.yaml", "7/of_somebody", "of_mine/bundle/x"
    )
    left("sweep", "metrics.json", "latest")
    with pytest.raises(SeqtasksError, match=r"sweep/metrics.json would be written over by"):
        claimed("sweep", overwrite=True)
    Path("sweep/metrics.json").unlink()
    claimed("sweep", SWEEP)  # goes on with it
    assert Path("sweep/jobs.jsonl").is_file()
    for contents in ((), (SWEEP._replace(resumed=False),)):
        with pytest.raises(SeqtasksError, match="sweep holds a sweep; replace it with overwrite"):
            claimed("sweep", *contents)
    claimed("sweep", SWEEP, overwrite=True)
    assert {*os.listdir("sweep")} == {".seqtasks", "7", "of_mine"}
    assert os.listdir("sweep/of_mine/bundle") == ["x"]


def test_a_sweep_that_was_killed_in_its_first_run_is_one(claimed):
    claimed("sweep")
    claimed("sweep/0")
    left("sweep", "0/config.yaml", "0/checkpoints/last.ckpt", "multirun.yaml")
    with pytest.raises(SeqtasksError, match="sweep holds a sweep"):
        claimed("sweep")
    claimed("sweep", SWEEP)
    with pytest.raises(SeqtasksError, match="overwrite: it would remove ckpt_path"):
        claimed("sweep", SWEEP, overwrite=True, checkpoint="sweep/0/checkpoints/last.ckpt")
    claimed("sweep", SWEEP, overwrite=True)
    assert os.listdir("sweep") == [".seqtasks"]
    left("other", "summary.json")
    with pytest.raises(SeqtasksError, match=r"summary.json would be written over by this sweep"):
        claimed("other", SWEEP, overwrite=True)
