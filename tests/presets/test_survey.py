"""Facts of training files, from their beginning."""

from __future__ import annotations

import gzip

import pytest
from hydra.utils import instantiate

import seqtasks
from seqtasks.presets import survey as module
from seqtasks.presets.survey import survey


def facts(*options):
    """What is found in the files that some options name."""
    return survey(instantiate(seqtasks.compose(*options, "preset=none").data))


def test_lines_with_labels(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("good a fine film\nbad dull\n" * 10)
    found = facts("task=classification", "data=lines", f"data.train={path}")
    assert (found.examples, found.exact, found.running) == (20, True, False)
    text = found.texts["tokens"]
    assert (text.words, text.characters, text.distinct, text.longest) == (2, 7.5, 4, 3)
    assert not text.given


def test_tags_that_spell_spans_and_those_that_do_not(tmp_path):
    path = tmp_path / "tags.conll"
    path.write_text("John B-PER\nsleeps O\n\nin O\nParis B-LOC\n\n")
    found = facts("task=tagging", "data=conll", f"data.train={path}")
    assert (found.spans, found.outside) == (True, 0.5)
    assert found.texts["tokens"].given
    path.write_text("John NOUN\nsleeps VERB\n\n")
    assert not facts("task=tagging", "data=conll", f"data.train={path}").spans


def test_chinese_is_written_without_spaces(tmp_path):
    path = tmp_path / "reviews.txt"
    path.write_text("好 酒店的服务太好了，房间干净\n坏 房间很小，早餐也不好吃\n" * 5)
    found = facts("task=classification", "data=lines", f"data.train={path}")
    assert found.texts["tokens"].unspaced


def test_pairs_tell_what_is_copied(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("call Ann\tAnn called\n" * 5)
    found = facts("task=translation", "data=parallel", f"data.train={path}")
    assert found.copied == 0.5
    assert sorted(found.texts) == ["source", "target"]


def test_series_have_steps(tmp_path):
    path = tmp_path / "series.ts"
    path.write_text("@classlabel true a b\n@data\n1,2,3:4,5,6:a\n3,4:4,5:b\n")
    found = facts(
        "task=classification", "data=timeseries", "task/embedding=series", f"data.train={path}"
    )
    assert found.steps == 2.5


@pytest.mark.parametrize("packed", [False, True])
def test_a_large_file_is_estimated_from_its_beginning(tmp_path, monkeypatch, packed):
    monkeypatch.setattr(module, "MOST_EXAMPLES", 20_000)
    lines = "".join(f"a{n % 3} the words of line {n:07}\n" for n in range(100_000)).encode()
    path = tmp_path / ("lines.txt.gz" if packed else "lines.txt")
    path.write_bytes(gzip.compress(lines) if packed else lines)
    found = facts("task=classification", "data=lines", f"data.train={path}")
    assert not found.exact
    assert 60_000 <= found.examples <= 130_000


def test_a_limit_is_the_most(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("good film\nbad film\n" * 10)
    found = facts("task=classification", "data=lines", f"data.train={path}", "data.limit=4")
    assert found.examples == 4


def test_lines_that_give_no_example_are_passed_over(tmp_path, caplog):
    path = tmp_path / "table.csv"
    path.write_text("text,label\nfine,good\n,bad\ndull,bad,surplus\nslow,bad\n")
    found = facts(
        "task=classification", "data=table", "data.tokens.column=text", f"data.train={path}"
    )
    assert found.examples == 2
    assert caplog.messages == []
