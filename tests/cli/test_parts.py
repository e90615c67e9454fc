"""Errors of a configuration's parts name the option that has to change."""

from __future__ import annotations

import pickle

import pytest
from omegaconf import OmegaConf
from small import SMALL

from seqtasks.bundle.build import build
from seqtasks.cli.parts import make_part
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import Located, SeqtasksError


def made(config):
    data = make_part(config, "data")
    data.setup()
    return make_part(config, "task")(data.vocabularies)


def refused(composed, *options):
    """What the task's constructors, or its data's, say of some options."""
    config = composed(*options, *SMALL)
    with pytest.raises(SeqtasksError) as caught:
        made(config)
    return str(caught.value)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (["task=tagging", "task.embedding.tokens.embedding_dim=null"], "embedding_dim: null takes"),
        (["task=tagging", "task.embedding.tokens.token_dropout=2"], "token_dropout: a rate"),
        (["task=tagging", "task.embedding.spelling.encoder.num_layers=0"], ""),
        (["task=translation", "task.decoder.recurrence.num_layers=0"], ""),
        (["task=translation", "task.decoder.recurrence.cell=gruu"], "cell: there is no "),
        (["task=translation", "task.search.beam_size=0"], "beam_size: 0 is given"),
        (["task=translation", "task.decoder.coverage_loss=-1"], "coverage_loss: it is at least 0"),
        (["task=translation", "task.decoder.embedding.dropout=1"], "dropout: a rate"),
        (["task=classification", "task.head.pooling=men"], "pooling: there is no 'men'"),
        (["task=generation", "task.dropout_scale=-1"], "dropout_scale: it is at least 0"),
        (["task=generation", "encoder.bidirectional=true"], "bidirectional: a language model"),
        (["task=tagging", "encoder.num_layers=0"], ""),
        (["task=joint", "encoder.cell=gruu"], "cell: there is no "),
    ],
)
def test_an_error_speaks_of_the_option_that_was_given(composed, options, place):
    option = options[-1].partition("=")[0]
    said = refused(composed, *options)
    assert said.startswith(f"{option}: ")
    assert place in said


def test_advice_is_about_options_of_the_same_place(composed):
    said = refused(composed, "task=tagging", "task.embedding.tokens.embedding_dim=null")
    assert "give one by task.embedding.tokens.vectors=PATH" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["task=generation", "task/head=crf"],
            "task.head: CRFTagging cannot be made here",
        ),
        (["task=classification", "task/head=softmax"], "task.head: SoftmaxTagging cannot be made"),
        (["task=tagging", "task/embedding=tokens"], "task.embedding: it reads one vocabulary"),
    ],
)
def test_a_part_of_another_kind_of_task_is_refused_by_its_group(composed, options, said):
    assert refused(composed, *options).startswith(said)


def test_what_is_made_at_once_is_located_too(composed):
    config = composed("task=tagging", "transfer.unfreeze_epochs=0")
    with pytest.raises(SeqtasksError, match=r"^transfer\.unfreeze_epochs: it is at least 1"):
        make_part(config, "transfer")
    config = composed("task=tagging", "lr_finder=range_test", "lr_finder.steps=2")
    with pytest.raises(SeqtasksError, match=r"^lr_finder\.steps: it is at least 10, not 2$"):
        make_part(config, "lr_finder")


def test_a_plain_configuration_has_the_same_places():
    node = {"_target_": "seqtasks.embedding.TokenEmbedding", "_partial_": True}
    make = build({"inner": {**node, "embedding_dim": None}}, place="task")["inner"]
    with pytest.raises(SeqtasksError, match=r"^task\.inner\.embedding_dim: null takes the width"):
        make(Vocabulary(["a"]))


def test_a_located_partial_survives_a_copy_and_an_error_a_process():
    copied = pickle.loads(pickle.dumps(Located.at("task.x", Located(int, base=2), {"a": "b"})))
    assert (copied.root, copied.shared, copied("11")) == ("task.x", {"a": "b"}, 3)
    error = SeqtasksError("it is 1, as `b` is", option="a.c")
    error.below("task", {"a": "encoder"})
    assert str(pickle.loads(pickle.dumps(error))) == "encoder.c: it is 1, as task.b is"


def test_a_partial_shows_the_options_that_it_was_given():
    config = OmegaConf.create(
        {"part": {"_target_": "builtins.dict", "_partial_": True, "plugins": ["a"], "b": 1}}
    )
    part = make_part(config, "part")
    assert part.keywords == {"plugins": ["a"], "b": 1}
    assert part(b=2) == {"plugins": ["a"], "b": 2}
