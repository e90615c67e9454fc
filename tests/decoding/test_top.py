from __future__ import annotations

import pytest
import torch

from seqtasks.decoding.top import top


@pytest.mark.parametrize("distinct", [1, 2, 4, 1000])
def test_the_top_is_that_of_a_stable_sort(distinct):
    random = torch.Generator().manual_seed(distinct)
    values = torch.randint(distinct, (40, 30), generator=random).double()
    values[values == 1] = -torch.inf
    ranked = values.sort(dim=1, descending=True, stable=True).indices
    for k in (1, 2, 7, 29, 30, 31):
        assert torch.equal(top(values, k), ranked[:, :k])
