"""What a store follows from: whatever changes the records has another key."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
import torch

from seqtasks.data.preparation.identity import Unknown, code_of, described, digest, key_of

FILES = {
    "helpers": "def lower(text): return text\n",
    "bases": "class Base: pass\n",
    "constants/__init__": "from constants import numbers\n",
    "constants/numbers": "THREE = 3\n",
    "mine": "import constants\nfrom bases import Base\nfrom helpers import lower\n"
    "class Mine(Base): pass\n",
    "other": "pass\n",
}


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Writes modules, and gives the digest of the code of a class in one of them."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "constants").mkdir()
    names = [name.removesuffix("/__init__").replace("/", ".") for name in FILES]

    def code(changed=None):
        for name, text in FILES.items():
            (tmp_path / f"{name}.py").write_text(text + "# changed\n" * (name == changed))
        for name in names:
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return code_of(importlib.import_module("mine").Mine)

    yield code
    for name in names:
        sys.modules.pop(name, None)


def test_the_code_of_a_class_is_that_of_its_own_imports_too(code):
    found = {name: code(name) for name in FILES}
    assert found.pop("other") == code() == code()
    assert len({code(), *found.values()}) == 1 + len(found)


def test_what_holds_itself_or_a_function_has_no_key():
    class Option:
        pass

    option = Option()
    option.value = lambda text: text
    with pytest.raises(Unknown):
        key_of(option)
    option.value = option
    with pytest.raises(Unknown):
        key_of(option)
    option.value = 1
    assert key_of(option) == key_of(option)


def test_every_text_has_a_digest():
    assert digest("a\udcff") != digest("a\udcfe")  # as in names of files that are no UTF-8


@pytest.mark.parametrize(
    "value", [torch.zeros(2), np.zeros(2), np.random.default_rng(0), lambda: 0]
)
def test_what_a_compiled_class_holds_cannot_be_told(value):
    class Holder:
        def __init__(self):
            self.value = value

    with pytest.raises(Unknown):
        described(Holder())
