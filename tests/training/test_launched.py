"""Processes that a launcher starts alike have one folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from small import SMALL
from torch.distributed import HashStore

from seqtasks.errors import SeqtasksError
from seqtasks.training.launched import Launched, agreed, exchanged, is_first, launched

ASK = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from seqtasks.training.launched import agreed
print(agreed(lambda: Path(sys.argv[1]), Path("named")))
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_process_alone_chooses_for_itself(monkeypatch):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    assert launched() is None
    assert is_first()
    assert agreed(lambda: Path("mine"), Path("named")) == (Path("mine"), 0)


def test_a_process_that_lightning_has_started_does_as_it_is_told(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert not is_first()
    assert agreed(pytest.fail, Path("named")) == (Path("named"), 1)
    monkeypatch.setenv("SEQTASKS_RUN", "told")
    assert agreed(pytest.fail, Path("named")) == (Path("told"), 1)


def test_one_process_of_a_job_is_alone(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    monkeypatch.setenv("SLURM_NTASKS", "4")  # the script of the job, without srun
    assert launched() is None
    monkeypatch.setenv("SLURM_STEP_ID", "0")
    monkeypatch.setenv("SLURM_NTASKS", "1")
    assert launched() is None


def test_processes_of_a_script_meet_for_its_later_trainings(monkeypatch):
    for name, value in (("LOCAL_RANK", 1), ("WORLD_SIZE", 2), ("MASTER_PORT", 29500)):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("MASTER_ADDR", "head")
    assert launched() == Launched(1, 2, "head", 29500)
    monkeypatch.setenv("SEQTASKS_RUN", "told")
    assert launched() is None


def test_the_first_process_tells_the_others():
    store, place = HashStore(), Path("mine").absolute()

    def refuse() -> Path:
        raise SeqtasksError("it holds a run")

    def ask(rank: int, choose) -> Path | str:
        try:
            return exchanged(store, Launched(rank, 3, "head", 29500), choose)
        except SeqtasksError as error:
            return str(error)

    with ThreadPoolExecutor(3) as pool:
        said = [*pool.map(ask, range(3), [lambda: Path("mine"), pytest.fail, pytest.fail])]
        assert said == [Path("mine"), place, place]
        said = [*pool.map(ask, range(3), [refuse, pytest.fail, pytest.fail])]
        assert said[0] == "it holds a run"
        assert said[1] == said[2] == "the first process has no run folder; see what it says"


@pytest.mark.slow
def test_processes_of_slurm_have_the_folder_of_the_first(tmp_path):
    step = {"SLURM_JOB_ID": "4711", "SLURM_STEP_ID": "0", "SLURM_NODEID": "0", "SLURM_NNODES": "1"}
    step |= {"SLURM_NTASKS": "2", "SLURM_NTASKS_PER_NODE": "2", "SLURM_NODELIST": "127.0.0.1"}
    step |= {"MASTER_PORT": str(free_port())}
    started = []
    for rank in ("1", "0"):
        own = {**os.environ, **step, "SLURM_PROCID": rank, "SLURM_LOCALID": rank}
        command = [sys.executable, "-c", ASK, f"{tmp_path}/{rank}"]
        started.append(subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True))
    said = {process.communicate(timeout=60)[0] for process in started}
    assert said == {f"(PosixPath('{tmp_path}/0'), {rank})\n" for rank in (0, 1)}


@pytest.mark.slow
def test_a_training_of_torchrun_has_one_folder(tmp_path):
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "-m"]
    options = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2", *SMALL]
    done = subprocess.run(
        [*command, "seqtasks", *options], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    [run] = (path for path in (tmp_path / "runs" / "tagging").iterdir() if path.name != "latest")
    names = {path.name for path in run.iterdir()}
    assert {"bundle", "metrics.json", "seqtasks.log", "train_ddp_process_1.log"} <= names


@pytest.mark.slow
def test_two_trainings_of_a_script_have_a_folder_each(tmp_path):
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    lines = ["import seqtasks", f"config = seqtasks.compose(*{[*ddp, *SMALL]})"]
    lines += ["for _ in range(2):", "    print(seqtasks.train(config).source)"]
    (tmp_path / "script.py").write_text("\n".join(lines))
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith(str(tmp_path))]
    assert [said.count(line) for line in sorted({*said})] == [2, 2]
