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

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.errors import UsageError
from seqtasks.kernels.affine import affine
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import linear_scan, widest


class LRU(ParallelRecurrence):
    """One complex state.

    State: (x,) of shape (batch, state_size, 2), real and imaginary parts.

    Args:
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
        size = hidden_size if state_size is None else state_size
        if size < 1:
            raise UsageError(f"it is at least 1, not {size}", option="state_size")
        if not 0 <= r_min < r_max <= 1:
            raise UsageError(
                f"choose 0 <= r_min < r_max <= 1, not {r_min} and {r_max}", option="r_min"
            )
        if not 0 < max_phase <= 2 * math.pi:
            raise UsageError(f"it is above 0 and at most 2π, not {max_phase}", option="max_phase")
        super().__init__(input_size, hidden_size, ((size, 2),))
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

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """The equations at the top of this file, in real and imaginary parts; u is named x."""
        (re, im), (p, q) = state[0].unbind(-1), self.written(x).unbind(-1)
        a, b = self.eigenvalues(x)
        re, im = a * re - b * im + p, a * im + b * re + q
        after = torch.stack([re, im], dim=-1)
        return self.output(x, after), (after,)

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """A linear scan over complex numbers."""
        steps = torch.view_as_complex(self.written(inputs))
        start = torch.view_as_complex(state[0].to(widest(inputs)).contiguous())
        states = linear_scan(torch.complex(*self.eigenvalues(inputs)), steps, start)
        parts = torch.view_as_real(states).to(inputs.dtype)
        return self.output(inputs, parts), (parts,)

    def eigenvalues(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """The real and the imaginary part of λ, (state_size,), as wide as the inputs' sums."""
        dtype = widest(like)
        radius, angle = (-self.nu.to(dtype).exp()).exp(), self.theta.to(dtype).exp()
        return radius * angle.cos(), radius * angle.sin()

    def written(self, x: Tensor) -> Tensor:
        """γ ⊙ (B u), (…, state_size, 2), the real part before the imaginary one."""
        weight = self.gamma.exp()[:, None, None] * self.write
        [steps] = affine(x, weight.flatten(0, 1))
        return steps.to(widest(x)).unflatten(-1, (-1, 2))

    def output(self, x: Tensor, states: Tensor) -> Tensor:
        """Re(C x) + D u, with Re(C x) = Re C Re x - Im C Im x.

        The inputs u, here x, are (…, input_size), the states (…, state_size, 2), the result (…,
        hidden_size).
        """
        conjugate = self.read * self.read.new_tensor([1.0, -1.0])
        [read] = affine(states.flatten(-2).to(x.dtype), conjugate.flatten(1))
        [skipped] = affine(x, self.skip.weight)
        return read + skipped
