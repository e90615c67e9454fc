"""Errors after which a model gives no answer any more."""

from __future__ import annotations

import torch

LASTING = getattr(torch, "AcceleratorError", ())  # of torch 2.8 and later


def is_lasting(error: Exception) -> bool:
    """Whether all later calls fail too: after such an error CUDA works in no thread any more."""
    return isinstance(error, LASTING)
