"""Imports without looking for garbage."""

from __future__ import annotations

import gc
import sys

from seqtasks.cli.importing import importing


def test_nothing_is_collected_within_and_all_that_is_there_is_left_alone(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch")
    try:
        with importing():
            assert not gc.isenabled()
            assert not gc.get_freeze_count()
        assert gc.isenabled()
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_a_process_that_has_torch_goes_on_as_it_did():
    import torch  # noqa: F401

    before = gc.get_freeze_count()
    with importing():
        assert gc.isenabled()
    assert gc.get_freeze_count() == before


def test_an_error_passes_and_leaves_python_as_it_was(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch")
    try:
        with importing():
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert gc.isenabled()
    assert not gc.get_freeze_count()
