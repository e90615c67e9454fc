"""What the tests share: composed configurations, shrunk to seconds."""

from __future__ import annotations

import importlib
import io
import logging
import os
import shlex
import sys
import tempfile
from pathlib import Path

import pytest
import torch
from hydra import compose, initialize_config_module
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig, open_dict
from pytorch_lightning.accelerators import CUDAAccelerator, MPSAccelerator
from small import OUTSIDE

from seqtasks.__main__ import main
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.typed import with_reader

torch.set_num_threads(1)
CACHE = tempfile.TemporaryDirectory(prefix="seqtasks-tests-")  # removed when Python ends
os.environ["SEQTASKS_CACHE"] = CACHE.name


@pytest.fixture(autouse=True)
def logging_put_back():
    """Take away what a test adds to the root logger: its streams are closed with the test."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    for handler in root.handlers[:]:
        if handler not in before and type(handler).__module__.startswith("logging"):
            root.removeHandler(handler)


@pytest.fixture(autouse=True)
def on_the_processor(request, monkeypatch):
    """Hide a GPU of this machine, which trainings take by themselves, from all but its tests."""
    if request.path.name != "test_gpu.py":
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # of processes that a test starts
        for kind in (CUDAAccelerator, MPSAccelerator):
            monkeypatch.setattr(kind, "is_available", staticmethod(lambda: False))


@pytest.fixture
def composed(monkeypatch, tmp_path):
    """A function from overrides to the configuration, with a run folder of its own."""
    monkeypatch.syspath_prepend(str(OUTSIDE))

    def make(*overrides: str) -> DictConfig:
        with initialize_config_module("seqtasks.conf", version_base="1.3"):
            search = f"hydra.searchpath=[file://{OUTSIDE / 'conf'}]"
            config = compose("config", with_reader([search, *overrides]))
        with open_dict(config):
            config.paths.run = str(tmp_path / "run")
        return config

    return make


@pytest.fixture
def cli(monkeypatch, tmp_path, capsys):
    """A function that runs ``python -m seqtasks`` here: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    monkeypatch.delenv("SEQTASKS_RUN", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        monkeypatch.setattr(sys, "argv", ["seqtasks", *with_reader(arguments)])
        code, root = 0, logging.getLogger()
        there = root.handlers[:]
        try:
            with exit_on_error(arguments):
                main()
        except SystemExit as stop:
            code = stop.code or 0
        for handler in root.handlers[:]:
            if handler not in there:  # Hydra's, which it leaves open
                root.removeHandler(handler)  # a later record would open a file again
                handler.close()
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def printed_by(cli, tmp_path, monkeypatch, capsys):
    """A function that runs a line of a page here, some options added to a training: its output."""
    monkeypatch.syspath_prepend(str(tmp_path))  # where `python -m` finds a task of one's own

    def run(line: str, *options: str) -> str:
        given, _, command = line.rpartition(" | ")
        python, m, module, *arguments = shlex.split(command)
        assert (python, m) == ("python", "-m")
        if module == "seqtasks":
            code, output, errors = cli(*arguments, *options)
            assert code == 0, errors
            return output
        text = f"{shlex.split(given)[1]}\n" if given else ""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        importlib.import_module(module).main(arguments)
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; tests that need it are skipped without it."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SEQTASKS_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real data: set SEQTASKS_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A browser for all tests."""
    pytest.importorskip("websocket", reason="no package websocket-client")
    from serving.browser import Browser, find_browser

    program = find_browser()
    if program is None:
        pytest.skip("no chromium: install Debian's package of that name")
    one = Browser(program, tmp_path_factory.mktemp("profile"))
    yield one
    one.close()
