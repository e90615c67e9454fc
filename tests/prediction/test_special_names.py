"""Texts that hold the names of special symbols, from the files to the command line."""

from __future__ import annotations

import io

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from seqtasks import bundle, generate, predict
from seqtasks.data.vocabulary import SPECIALS

NAMES = [*SPECIALS, "<sep>", "<wait>"]
ROWS = [
    ("the dog sees", "DET <unk> VERB"),
    ("a <unk> sees <eos>", "DET X VERB <pad>"),
    ("dogs see <sep> cats", "<unk> VERB X <unk>"),
]


@pytest.fixture
def saved(composed, tmp_path, monkeypatch):
    """A function from options to the folder of a saved model that was never trained."""
    monkeypatch.chdir(tmp_path)
    table = "".join(f"{text}\t{tags}\n" for text, tags in ROWS * 10)
    (tmp_path / "tags.tsv").write_text(f"tokens\ttags\n{table}", "utf-8")
    (tmp_path / "text.txt").write_text("\n".join(text for text, _ in ROWS * 10), "utf-8")

    def make(*options):
        config = composed("encoder.hidden_size=8", *options)
        data = instantiate(config.data)
        data.setup()
        torch.manual_seed(1)
        model = instantiate(config.task)(data.vocabularies).eval()
        plain = OmegaConf.to_container(config, resolve=True)
        fields = {field: plain["data"][field] for field in data.fields}
        told = {"task": plain["task"], "fields": fields, "data": plain["data"]}
        bundle.save(tmp_path / "model", model, told, data.fields, {}, "")
        return tmp_path / "model"

    return make


def printed(main, arguments, given, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    main([*map(str, arguments)])
    return capsys.readouterr()


def test_a_tagger_of_raw_text_gives_a_label_for_each_word(saved, monkeypatch, capsys):
    model = saved("task=tagging", "data=table", "data.train=tags.tsv")
    lines = ["the dog sees", *(f"{name} the cat{name}s {name}sees dog{name}" for name in NAMES)]
    found = printed(predict.main, [model], "\n".join(lines), monkeypatch, capsys)
    rows = [line.split() for line in found.out.splitlines()]
    assert [len(row) for row in rows] == [len(line.split()) for line in lines]
    loaded = bundle.load(model)
    assert {label for row in rows for label in row} <= {*loaded.fields["tags"].vocabulary.symbols}
    assert loaded.fields["tags"].vocabulary.unk_id is None
    assert loaded.predict(lines) == rows


@pytest.mark.parametrize("level", ["word", "character"])
def test_a_language_model_goes_on_behind_the_name_of_its_end(saved, level, monkeypatch, capsys):
    options = ["task=generation", "data=text", "data.train=text.txt", f"data.tokens.level={level}"]
    model = saved(*options, "data.tokens.eos=true")
    vocabulary = bundle.load(model).fields["tokens"].vocabulary
    for name in ("<unk>", "<eos>", "<sep>"):
        arguments = [model, "--prompt", f"the dog {name}", "--max-length", 6, "--min-length", 6]
        found = printed(generate.main, arguments, "", monkeypatch, capsys)
        assert found.out.startswith(f"the dog {name}")
        behind = found.out.removeprefix(f"the dog {name}").rstrip("\n")
        assert len(vocabulary.units(behind)) == 6
        assert not found.err
    arguments = [model, "--prompt", "the <pad>", "--score"]
    found = printed(generate.main, arguments, "", monkeypatch, capsys)
    assert found.err == "seqtasks: text 1: read as <unk>: '<pad>'\n" * (level == "word")
