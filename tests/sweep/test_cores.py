"""The share of the cores that each run of a sweep has."""

from __future__ import annotations

import pytest

from seqtasks.sweep import cores

JOBLIB = "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher"
LOCAL = "hydra_plugins.hydra_submitit_launcher.submitit_launcher.LocalLauncher"
SLURM = "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher"


@pytest.mark.parametrize(
    ("options", "runs", "most", "threads"),
    [
        ({"_target_": "hydra._internal.core_plugins.basic_launcher.BasicLauncher"}, 9, None, None),
        ({"_target_": JOBLIB, "n_jobs": 4}, 9, None, 2),
        ({"_target_": JOBLIB, "n_jobs": -1}, 9, None, 1),
        ({"_target_": JOBLIB, "n_jobs": -1}, 3, None, 2),
        ({"_target_": JOBLIB, "n_jobs": -1}, 9, 2, 4),
        ({"_target_": JOBLIB, "n_jobs": -7}, 9, None, 4),
        ({"_target_": JOBLIB}, 9, None, None),
        ({"_target_": JOBLIB, "n_jobs": 99}, 99, None, 1),
        ({"_target_": LOCAL, "cpus_per_task": None}, 4, None, 2),
        ({"_target_": SLURM, "cpus_per_task": 2}, 4, None, None),
        ({"_target_": "hydra_plugins.seqtasks.Ray", "cpus": 3}, 4, None, 3),
    ],
)
def test_runs_at_once_share_the_cores(monkeypatch, options, runs, most, threads):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(cores, "cores", lambda: 8)
    assert cores.share(options, runs, most) == threads


def test_what_the_user_has_set_for_torch_holds(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cores.share({"_target_": JOBLIB, "n_jobs": 4}, 9) is None
    assert cores.cores() >= 1
