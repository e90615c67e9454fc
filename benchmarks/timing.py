"""How the benchmarks time: rivals in turn, medians, the matrix-multiply limit of the machine."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch

GEMM_SIZE = 1024
GEMM_FLOPS = 2 * GEMM_SIZE**3


def interleaved(
    runs: Mapping[str, Callable[[], object]], repeats: int, device: str = "cpu"
) -> dict[str, float]:
    """Median seconds of each, all taken in turn (A B C A B C …) after one warm-up round."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(repeats + 1):
        for name, run in runs.items():
            if device != "cpu":
                torch.cuda.synchronize()
            began = time.perf_counter()
            run()
            if device != "cpu":
                torch.cuda.synchronize()
            if number:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


def gemm(device: str = "cpu") -> Callable[[], object]:
    """One square float32 product of `GEMM_FLOPS` operations."""
    left, right = (torch.randn(GEMM_SIZE, GEMM_SIZE, device=device) for _ in range(2))

    def run() -> None:
        with torch.inference_mode():
            left @ right

    return run


def machine(device: str = "cpu") -> dict[str, Any]:
    """What figures were measured on."""
    return {
        "device": device if device == "cpu" else torch.cuda.get_device_name(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "processor": platform.machine(),
    }
