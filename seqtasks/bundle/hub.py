"""Models on the Hugging Face Hub."""

from __future__ import annotations

import re
from pathlib import Path

from seqtasks.errors import BundleError, UsageError, first_line

PREFIX = "hf://"

FILES = ("*.json", "*.yaml", "*.safetensors", "*.onnx", "README.md")
"""What a bundle consists of; nothing else is fetched."""


def fetched(place: str) -> Path:
    """A folder here: the one named, or the copy of a model on the Hub.

    The copy is kept in the cache of ``huggingface_hub`` and is looked for there when the Hub cannot
    be reached, or ``HF_HUB_OFFLINE=1`` is set. Private models take the token of ``hf auth login``.

    Args:
        place: a path, or ``hf://OWNER/NAME``, or ``hf://OWNER/NAME@REVISION``.

    Raises:
        UsageError: the address is not of that form, or ``huggingface_hub`` is missing.
        BundleError: there is no such model, here or there.
    """
    if not place.startswith(PREFIX):
        return Path(place)
    match = re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@(\S+))?", place.removeprefix(PREFIX))
    if match is None:
        raise UsageError(f"{place}: write a model on the Hub as hf://OWNER/NAME")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise UsageError(
            f"{place}: models on the Hub need huggingface_hub: pip install 'seqtasks[hub]'"
        ) from error
    name, revision = match.groups()
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(FILES)))
    except Exception as error:  # the Hub's own kinds, and those of the network
        raise BundleError(
            f"{place} cannot be fetched: {first_line(error)}; correct the name, or see to the "
            "connection and the right to read it"
        ) from error
