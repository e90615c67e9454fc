"""``python -m seqtasks.prepare``: the data alone, ready for every training."""

from __future__ import annotations

import pytest

from seqtasks.prepare import main


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQTASKS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_says_what_there_is(tmp_path, cache, capsys):
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"a w{n % 3} {'b ' * (n % 4)}\tx y{n % 5}\n" for n in range(50)))
    options = ["task=translation", "data=parallel", f"data.train={path}", "data.source.max_size=6"]
    options.append("data.split_by=null")
    main(options)
    first = capsys.readouterr().out
    rows = {
        tuple(row[:2]): row
        for row in (line.replace("│", " ").split() for line in first.splitlines())
        if len(row) > 4
    }
    assert rows["train", "source"][2] == rows["train", "target"][2] == "40"
    assert rows["val", "source"][2] == rows["test", "source"][2] == "5"
    assert rows["train", "source"][4] == "6"
    unknown = float(rows["train", "source"][5])
    assert 0 < unknown < 50
    assert f"MB in {cache}" in first
    stores = sorted(path.name for path in cache.glob("*/manifest.json"))
    main(options)
    assert capsys.readouterr().out.splitlines()[:-1] == first.splitlines()[:-1]
    assert sorted(path.name for path in cache.glob("*/manifest.json")) == stores


def test_a_training_finds_it(tmp_path, cache, cli):
    path = tmp_path / "text.txt"
    path.write_text("some words of a text that goes on and on\n" * 40)
    options = ["task=generation", "data=text", f"data.train={path}", "data.batching.window=4"]
    main(options)
    before = {p: p.stat().st_ino for p in cache.glob("*/manifest.json")}
    assert len(before) == 2
    code, _, _ = cli(*options, "trainer.max_steps=1", "logger=none", "report=false")
    assert code == 0
    assert {p: p.stat().st_ino for p in cache.glob("*/manifest.json")} == before


def test_bad_data_and_bad_options_are_said_in_one_line(tmp_path, capsys):
    for given, message, code in (
        (
            ["task=tagging", "data=conll", "data.train=nowhere.conll"],
            "nowhere.conll: no such file",
            1,
        ),
        (["task=tagging", "data.trian=x"], "no option 'data.trian'; Did you mean 'data.train'?", 2),
    ):
        with pytest.raises(SystemExit) as left:
            main(given)
        assert left.value.code == code
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1


def test_without_a_cache_it_says_that_nothing_is_kept(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("".join(f"l{n % 2} word w{n}\n" for n in range(30)))
    main(["task=classification", "data=lines", f"data.train={path}", "data.cache=null"])
    assert "in a temporary folder, for this command alone" in capsys.readouterr().out
