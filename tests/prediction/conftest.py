"""Saved models that were never trained, and the command run on a file."""

from __future__ import annotations

import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf
from small import SMALL

from seqtasks import bundle, predict


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A function from options to a saved model that was never trained."""
    folder = tmp_path_factory.mktemp("models")
    done = {}

    def make(*options):
        if options not in done:
            with initialize_config_module("seqtasks.conf", version_base="1.3"):
                own = any(option.startswith("data=") for option in options)
                small = [one for one in SMALL[:4] if not (own and one.startswith("data."))]
                config = compose("config", [*small, *options])
            data = instantiate(config.data)
            data.setup()
            model = instantiate(config.task)(data.vocabularies).eval()
            plain = OmegaConf.to_container(config, resolve=True)
            fields = {field: plain["data"][field] for field in data.fields}
            told = {"task": plain["task"], "fields": fields, "data": plain["data"]}
            done[options] = folder / str(len(done))
            bundle.save(done[options], model, told, data.fields, {}, "")
        return done[options]

    return make


@pytest.fixture
def run(tmp_path, capsys):
    """A function that runs the command on a file: its output, its errors and its exit code."""

    def call(model, given, *arguments):
        source, target = tmp_path / "in", tmp_path / "out"
        source.write_bytes(given if isinstance(given, bytes) else given.encode())
        code = 0
        try:
            predict.main([str(model), "--input", str(source), "--output", str(target), *arguments])
        except SystemExit as stop:
            code = stop.code
        out = target.read_text(encoding="utf-8") if target.exists() else ""
        target.unlink(missing_ok=True)
        return out, capsys.readouterr().err, code

    return call
