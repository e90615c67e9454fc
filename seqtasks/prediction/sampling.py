"""How a language model draws its texts: what a person asks for, else what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtasks.errors import BundleError, UsageError

OPTIONS: Mapping[str, tuple[Any, str]] = {
    "max_length": (int, "tokens to write at most"),
    "min_length": (int, "tokens before a text may end by itself"),
    "no_repeat_ngram": (int, "no N tokens in a row twice; 0: no such rule"),
    "temperature": (float, "0: the most probable token every time"),
    "top_k": (int | None, "draw from the k most probable tokens"),
    "top_p": (float | None, "… from the most probable of mass p"),
    "typical_p": (float | None, "… from the most typical of mass p"),
    "repetition_penalty": (float, "on tokens that stand there; 1: none"),
    "seed": (int, "names the random choices"),
}
"""The type of each option with a number, and what it does; beside them stands ``stop``."""

SHARED = ("max_length", "min_length", "no_repeat_ngram", "stop")
"""Options that matter to a beam search too."""


def sampling_options(
    saved: Mapping[str, Any], given: Mapping[str, Any], samples: int = 1, beam: int | None = None
) -> dict[str, Any]:
    """Keyword arguments of `seqtasks.decoding.stream_text`.

    Args:
        saved: what the model was saved with.
        given: what a person asks for instead.
        samples: how many texts go on from each prompt.
        beam: the width of a beam search, which draws nothing; None for no such search.

    Raises:
        UsageError: a value is out of range, or would have no effect.
        BundleError: the model was saved with an option of another name.
    """
    from seqtasks.decoding import check_sampling

    if unknown := sorted(set(saved) - {*OPTIONS, "stop"}):
        raise BundleError(f"config.yaml: task.sampling has no option '{unknown[0]}'; remove it")
    merged = {"max_length": 100, **saved, **given}
    check_sampling(**merged)
    if merged.get("temperature") == 0 and beam is None:
        drawing = ("top_k", "top_p", "typical_p", "seed")
        useless = [name for name in drawing if given.get(name) is not None]
        useless += ["samples"] * (samples > 1)
        if useless:
            own = "temperature" in given
            raise UsageError(
                f"{'a' if own else 'the saved'} temperature of 0 takes the most probable token "
                f"every time; leave one {'out' if own else 'out, or give a temperature'}",
                option=useless[0],
            )
    return merged
