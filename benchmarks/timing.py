"""How the benchmarks time: rivals in turn, medians, the matrix-multiply limit of the machine."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning
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
    """What figures were measured on, and with which versions."""
    return {
        "device": device if device == "cpu" else torch.cuda.get_device_name(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "pytorch-lightning": pytorch_lightning.__version__,
        "gemm, GFLOP/s": round(GEMM_FLOPS / interleaved({"gemm": gemm(device)}, 5)["gemm"] / 1e9),
    }


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
