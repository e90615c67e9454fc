"""A stranger's bundle: whatever it holds, no code of theirs runs and nothing huge is made."""

from __future__ import annotations

import json
import pickle
import random
import shutil
import struct

import pytest
import yaml
from hydra import compose, initialize_config_module
from saved import reseal
from small import SMALL, TASKS

from seqtasks import bundle
from seqtasks.errors import BundleError
from seqtasks.run import run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One trained bundle for the whole module, with a tokenizer."""
    folder = tmp_path_factory.mktemp("run")
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", ["task=transduction", *SMALL])
    run(config, folder, "transduction")
    return folder / "bundle"


@pytest.fixture
def copied(made, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(made, tmp_path / "bundle")


def refused(folder, match=None):
    with pytest.raises(BundleError, match=match) as error:
        bundle.load(folder)
    assert str(error.value).strip()
    assert "\n" not in str(error.value)


def test_a_hundred_flipped_bits_are_all_seen(made, copied):
    draw = random.Random(0)
    names = sorted(path.name for path in made.iterdir())
    for _ in range(100):
        name = draw.choice(names)
        content = bytearray((made / name).read_bytes())
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        (copied / name).write_bytes(content)
        refused(copied)
        shutil.copy(made / name, copied / name)
    bundle.load(copied)


def test_files_cut_off_anywhere_are_seen(made, copied):
    draw = random.Random(1)
    for path in sorted(made.iterdir()):
        content = path.read_bytes()
        for end in {0, 1, len(content) - 2, *(draw.randrange(len(content)) for _ in range(5))}:
            (copied / path.name).write_bytes(content[:end])
            refused(copied)
        shutil.copy(path, copied / path.name)


class Evil:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_named_as_weights_is_not_unpickled(copied, tmp_path):
    trace = tmp_path / "trace"
    pickle.loads(pickle.dumps(Evil(trace))).close()
    trace.unlink()
    (copied / bundle.WEIGHTS).write_bytes(pickle.dumps(Evil(trace)))
    reseal(copied)
    refused(copied, "holds no weights in the format of safetensors")
    assert not trace.exists()


def test_files_that_are_not_listed_are_not_read(copied):
    manifest = json.loads((copied / bundle.MANIFEST).read_text())
    del manifest["sha256"][bundle.WEIGHTS]
    (copied / bundle.MANIFEST).write_text(json.dumps(manifest))
    refused(copied, f"does not list {bundle.WEIGHTS}")


def test_a_symbol_with_a_number_beyond_all_others(copied):
    path = copied / "source.tokenizer.json"
    content = json.loads(path.read_text())
    content["model"]["vocab"]["z"] = 10**9
    path.write_text(json.dumps(content))
    reseal(copied)
    refused(copied, r"symbols with numbers up to 1,000,000,000")


def test_sizes_that_no_weights_back(copied):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["task"]["encoder"]["hidden_size"] = 10**6
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    refused(copied, "does not fit config.yaml: .* is .* there, and .* by the configuration")


def test_weights_that_declare_a_billion_rows(copied):
    path = copied / bundle.WEIGHTS
    content = path.read_bytes()
    [size] = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    name = next(name for name, value in header.items() if len(value.get("shape", [])) == 2)
    header[name]["shape"][0] = 10**9
    changed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(changed)) + changed + content[8 + size :])
    reseal(copied)
    refused(copied, bundle.WEIGHTS)


def test_a_short_configuration_that_stands_for_billions(copied):
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (copied / "config.yaml").write_text("\n".join([*lines, "task: {a: *a8}", "fields: {}"]))
    reseal(copied)
    refused(copied, "holds more than 100,000 values")


KINDS = [
    *([f"task={task}"] for task in TASKS),
    ["task=tagging", "task/head=crf", "+task.head.class_weights={NOUN:2}"],
    ["task=generation", "task/head=adaptive", "task.head.cutoffs=[20]"],
    ["task=translation", "task/decoder=copying", "encoder.cell=slstm"],
]


@pytest.mark.parametrize("options", KINDS, ids=" ".join)
def test_the_sizes_of_every_task_are_known_without_its_memory(composed, tmp_path, options):
    run(composed(*options, *SMALL), tmp_path / "run", "any")
    assert bundle.load(tmp_path / "run" / "bundle").predict([]) == []


def test_a_part_that_does_not_take_what_it_is_given_is_a_damaged_bundle(copied):
    path = copied / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["task"]["encoder"]["_target_"] = "seqtasks.heads.language.LanguageHead"
    path.write_text(yaml.safe_dump(config))
    reseal(copied)
    with pytest.raises(BundleError, match="does not fit this version of seqtasks"):
        bundle.load(copied)
