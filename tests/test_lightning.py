"""Prediction without what it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from saved import save
from small import OUTSIDE

from seqtasks import generate
from seqtasks.bundle import load
from seqtasks.lightning import PredictingModule

HEAVY = ["pytorch_lightning", "torchmetrics", "hydra", "torch._dynamo", "sacrebleu", "onnx"]
MODELS = [
    ["task=tagging"],
    ["task=tagging", "task/head=crf"],
    ["task=classification", "encoder.cell=gru"],
    ["task=translation"],
    ["task=question_answering"],
    ["task=translation", "task/decoder=copying"],
    ["task=one_to_one"],
]


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, which writes what is heavy in it on its error stream."""
    code = f"import io, sys\n{code}\nprint(*({{*{HEAVY}}} & {{*sys.modules}}), file=sys.stderr)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def predict(folder: Path, lines: list[str], *options: str) -> str:
    """The code that predicts on lines."""
    given = "".join(f"{line}\n" for line in lines).encode()
    return (
        f"sys.stdin = io.TextIOWrapper(io.BytesIO({given!r}))\n"
        f"import seqtasks.predict; seqtasks.predict.main([{str(folder)!r}, *{options}])\n"
    )


def test_predictions_and_texts_import_nothing_that_takes_seconds(tmp_path, capsys):
    code, wanted = "", []
    for number, options in enumerate(MODELS):
        lines = save(tmp_path / str(number), *options)[:5]
        code += predict(tmp_path / str(number), lines)
        answers = load(tmp_path / str(number)).predict(lines)
        wanted += [" ".join(one) if isinstance(one, list) else one for one in answers]
    save(tmp_path / "text", "task=generation")
    call = [str(tmp_path / "text"), "--prompt", "the", "--seed", "3", "--max-length", "20"]
    done = python(f"{code}import seqtasks.generate; seqtasks.generate.main({call})")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, ""), done.stderr
    generate.main(call)
    wanted += capsys.readouterr().out.splitlines()
    assert done.stdout.splitlines() == wanted


def test_a_class_of_ones_own_has_lightning_and_nothing_needs_onnx(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(OUTSIDE))
    lines = save(tmp_path, "task=mean")[:3]
    code = "sys.modules['onnx'] = sys.modules['onnxruntime'] = None  # not installed\n"
    code += f"sys.path.append({str(OUTSIDE)!r})\n"
    code += predict(tmp_path, lines, "--trust", "mean_task")
    code += "assert 'pytorch_lightning' in sys.modules\n"
    code += "import seqtasks.tasks.translation, seqtasks.tasks.generation, seqtasks.run"
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_a_stand_in_says_where_it_is():
    assert str(PredictingModule().device) == "cpu"
