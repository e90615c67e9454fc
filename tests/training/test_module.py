"""Prediction without what it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest
from saved import save
from small import OUTSIDE

from seqtasks import generate
from seqtasks.bundle import load
from seqtasks.metrics import text_scores
from seqtasks.training.module import PredictingModule

HEAVY = ["pytorch_lightning", "torchmetrics", "hydra", "torch._dynamo", "sacrebleu"]


@pytest.mark.parametrize(
    "options",
    [
        ["task=tagging"],
        ["task=tagging", "task/head=crf"],
        ["task=classification", "encoder.cell=gru"],
        ["task=translation"],
        ["task=question_answering"],
        ["task=translation", "task/decoder=copying"],
        ["task=one_to_one"],
    ],
    ids=" ".join,
)
def test_a_prediction_imports_nothing_that_takes_seconds(options, tmp_path):
    lines = save(tmp_path, *options)[:5]
    code = f"import sys, seqtasks.predict; seqtasks.predict.main([{str(tmp_path)!r}])\n"
    code += f"print(*({{*{HEAVY}}} & {{*sys.modules}}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "")
    wanted = load(tmp_path).predict(lines)
    assert done.stdout.splitlines() == [
        " ".join(answer) if isinstance(answer, list) else answer for answer in wanted
    ]


def test_so_does_a_text(tmp_path, capsys):
    save(tmp_path, "task=generation")
    call = [str(tmp_path), "--prompt", "the", "--seed", "3", "--max-length", "20"]
    code = f"import sys, seqtasks.generate; seqtasks.generate.main({call})\n"
    code += f"print(*({{*{HEAVY}}} & {{*sys.modules}}), file=sys.stderr)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "\n")
    generate.main(call)
    assert done.stdout == capsys.readouterr().out


def test_a_class_of_ones_own_has_lightning(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(OUTSIDE))
    lines = save(tmp_path, "task=mean")[:3]
    code = f"import sys, seqtasks.predict; sys.path.append({str(OUTSIDE)!r})\n"
    code += f"seqtasks.predict.main([{str(tmp_path)!r}, '--trust', 'mean_task'])\n"
    code += "assert 'pytorch_lightning' in sys.modules"
    subprocess.run([sys.executable, "-c", code], input="\n".join(lines), text=True, check=True)


def test_a_stand_in_says_where_it_is():
    assert str(PredictingModule().device) == "cpu"


@pytest.mark.parametrize("name", text_scores.SCORES)
def test_what_is_known_of_a_score_is_what_its_class_says(name):
    score = text_scores.SCORES[name]
    assert score.kind.__name__ == score.metric
    assert score.kind.higher_is_better is score.higher_is_better
