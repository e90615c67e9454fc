"""The loggers of services against their own libraries, without a network."""

from __future__ import annotations

import importlib
import json
import time

import pytest
from small import SMALL

from seqtasks.errors import UsageError
from seqtasks.run import run

pytestmark = pytest.mark.filterwarnings("ignore")  # of libraries that are not ours
NAMED = ("task_name=mine", "tags=[baseline,'lr=0.1']", "examples=0")


@pytest.fixture
def trained(composed, tmp_path, monkeypatch, capsys):
    """A function from options to the scores of a training and the path of its bundle."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"WANDB_{name}_DIR", str(tmp_path / "wandb_files"))

    def train(*options: str, folder: str = "run"):
        config = composed("task=one_to_one", *SMALL, *NAMED, *options)
        scores = run(config, tmp_path / folder, "one_to_one")["test"]
        assert "has failed" not in capsys.readouterr().err
        return scores, str(tmp_path / folder / "bundle")

    return train


BLOCK, HEAD = 32768, 7
"""The format of LevelDB's logs: bytes of a block, and before the content of each piece."""


def wandb_records(folder, patience=60.0):
    """What W&B has written into the folder of a run, by kind; a process of its own writes it."""
    until = time.monotonic() + patience
    while "exit" not in (found := written_records(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def written_records(folder):
    """The records that are in the file by now."""
    from wandb.proto.wandb_internal_pb2 import Record

    [path] = folder.glob("wandb/offline-run-*/run-*.wandb")
    data, at, content = path.read_bytes(), HEAD, b""  # the file has a head of that size too
    found: dict[str, list] = {}
    while at + HEAD <= len(data):
        if BLOCK - at % BLOCK < HEAD:
            at += BLOCK - at % BLOCK
            continue
        length, place = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        if at + HEAD + length > len(data):
            break
        content += data[at + HEAD : at + HEAD + length]
        at += HEAD + length
        if place in (1, 4):  # the whole of a record, or its last piece
            record = Record()
            record.ParseFromString(content)
            kind, content = record.WhichOneof("record_type"), b""
            found.setdefault(kind, []).append(getattr(record, kind))
    return found


def values(items):
    """The values of W&B's items, by their dotted names."""
    return {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items}


def test_wandb(trained, tmp_path):
    pytest.importorskip("wandb")
    options = ("logger=[csv,wandb]", "logger.wandb.offline=true")
    for folder in ("run", "another"):  # the second one is a run of its own
        scores, bundle = trained(*options, folder=folder)
        found = wandb_records(tmp_path / folder)
        [begun, *_] = found["run"]
        assert begun.display_name == f"mine/{folder}"
        assert begun.project == "seqtasks"
        assert sorted(begun.tags) == ["baseline", "lr=0.1"]
        config: dict = {}
        for record in found["config"]:
            config |= values(record.update)
        assert config["bundle"] == bundle
        assert config["encoder"]["hidden_size"] == 12
        logged: dict = {}
        for record in found["history"]:
            logged |= values(record.item)
        for name, value in scores.items():
            assert logged[f"test/{name}"] == pytest.approx(value)
        assert "train/padding" in logged
        assert found["exit"][-1].exit_code == 0


def test_mlflow(trained, tmp_path):
    mlflow = pytest.importorskip("mlflow")
    uri = f"sqlite:///{tmp_path}/runs.db"
    scores, bundle = trained(
        "logger=mlflow",
        f"logger.mlflow.tracking_uri={uri}",
        "+logger.mlflow.artifact_location=kept",
    )
    client = mlflow.MlflowClient(uri)
    [kept] = client.search_runs([client.get_experiment_by_name("seqtasks").experiment_id])
    assert kept.info.run_name == "mine/run"
    assert kept.info.status == "FINISHED"
    assert kept.data.tags["baseline"] == kept.data.tags["lr_0.1"] == "true"
    assert kept.data.params["bundle"] == bundle
    assert kept.data.params["encoder/hidden_size"] == "12"
    for name, value in scores.items():
        assert kept.data.metrics[f"test/{name}"] == pytest.approx(value)
    [artifact] = client.list_artifacts(kept.info.run_id)
    assert artifact.path == "config.yaml"


def test_aim(trained, tmp_path):
    aim = pytest.importorskip("aim")
    scores, bundle = trained("logger=aim", f"logger.aim.repo={tmp_path}")
    [number] = aim.Repo(str(tmp_path)).list_all_runs()
    kept = aim.Run(number, repo=str(tmp_path))
    assert (kept.name, kept.experiment) == ("mine/run", "seqtasks")
    assert sorted(kept.tags) == ["baseline", "lr=0.1"]
    assert kept["hparams", "bundle"] == bundle
    assert kept["hparams", "encoder", "hidden_size"] == 12
    logged = {
        metric.name: metric.values.last()[1]
        for metric in kept.metrics()
        if dict(metric.context.to_dict()) == {"subset": "test"}
    }
    for name, value in scores.items():
        assert logged[name] == pytest.approx(value)


@pytest.mark.parametrize("name", ["wandb", "mlflow", "aim"])
def test_a_library_that_is_not_there_is_named_with_its_extra(name, composed, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda found, *more: None if found == name else find(found, *more),
    )
    with pytest.raises(UsageError, match=rf"logger={name} needs {name}: pip install 'seqtasks\["):
        run(composed("task=one_to_one", *SMALL, f"logger={name}"), tmp_path / "run", "one_to_one")
