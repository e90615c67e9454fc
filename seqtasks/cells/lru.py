"""The linear recurrent unit: a diagonal, complex, stable linear recurrence.

Orvieto et al., "Resurrecting recurrent neural networks for long sequences", ICML 2023, sections 3.2
to 3.4 and appendix A:

    x_t = λ ⊙ x_{t-1} + γ ⊙ (B u_t)              λ = exp(-exp(ν) + i exp(θ)),  γ = exp(γ_log)
    y_t = Re(C x_t) + D u_t

|λ| = exp(-exp(ν)) is below 1 whatever ν is. At the start λ is uniform on the ring between two
radii, up to a largest angle, and γ = √(1 - |λ|²), which keeps the state as large as its input.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from seqtasks.errors import UsageError
from seqtasks.kernels.affine import affine
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import ScanRecurrence, linear_scan, widest


class LRU(ScanRecurrence):
    """One complex state.

    State: (x,) of shape (batch, state_size, 2), real and imaginary parts.

    Args:
        input_size: features of each input step.
        hidden_size: features of each output step.
        state_size: units of the complex state; ``hidden_size`` if None.
        r_min: smallest |λ| at the start.
        r_max: largest |λ| at the start.
        max_phase: largest angle of λ at the start, in radians.

    Raises:
        UsageError: the state is empty, or the ring or the angle is.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        state_size: int | None = None,
        r_min: float = 0.0,
        r_max: float = 1.0,
        max_phase: float = 2 * math.pi,
    ) -> None:
        super().__init__()
        size = hidden_size if state_size is None else state_size
        if size < 1:
            raise UsageError(f"lru: state_size is at least 1, not {size}")
        if not 0 <= r_min < r_max <= 1:
            raise UsageError(f"lru: 0 <= r_min < r_max <= 1, not r_min={r_min}, r_max={r_max}")
        if not 0 < max_phase <= 2 * math.pi:
            raise UsageError(f"lru: max_phase is above 0 and at most 2π, not {max_phase}")
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((size, 2),)
        # 1 - U[0, 1) is never 0, and so neither a radius nor an angle is
        squared_radius = r_min**2 + (r_max**2 - r_min**2) * (1 - torch.rand(size))
        squared_radius = squared_radius.clamp(1e-8, 1 - 1e-6)
        angle = max_phase * (1 - torch.rand(size))
        self.nu = nn.Parameter((-0.5 * squared_radius.log()).log())
        self.theta = nn.Parameter(angle.log())
        self.gamma = nn.Parameter(0.5 * (1 - squared_radius).log())
        self.write = nn.Parameter(torch.randn(size, 2, input_size) / math.sqrt(2 * input_size))
        self.read = nn.Parameter(torch.randn(hidden_size, size, 2) / math.sqrt(size))
        self.skip = nn.Linear(input_size, hidden_size, bias=False)

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """All steps; shapes as in `ScanRecurrence`."""
        dtype = widest(inputs)
        written = self.gamma.exp()[:, None, None] * self.write
        [steps] = affine(inputs, written.flatten(0, 1))
        states = linear_scan(
            self.eigenvalues(dtype),
            torch.view_as_complex(steps.to(dtype).unflatten(-1, (-1, 2))),
            torch.view_as_complex(state[0].to(dtype).contiguous()),
        )
        parts = torch.view_as_real(states).to(inputs.dtype)
        # Re(C x) = Re C Re x - Im C Im x
        conjugate = self.read * self.read.new_tensor([1.0, -1.0])
        [read] = affine(parts.flatten(2), conjugate.flatten(1))
        [skipped] = affine(inputs, self.skip.weight)
        return read + skipped, (parts,)

    def eigenvalues(self, dtype: torch.dtype) -> Tensor:
        """λ, (state_size,), complex of twice the width of ``dtype``."""
        radius = (-self.nu.to(dtype).exp()).exp()
        return torch.polar(radius, self.theta.to(dtype).exp())
