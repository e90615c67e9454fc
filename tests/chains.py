"""Small CRF heads, and every path through them with its score."""

from __future__ import annotations

import itertools
import math
import random

import pytest
import torch

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.heads.crf import CRFTagging

LENGTHS = torch.tensor([4, 1, 0, 3])

SETS = {
    None: ["O", "B-X", "I-X"],
    "BIO": ["I-X", "O", "B-X", "I-Y"],  # I-Y can never be reached
    "IOB1": ["O", "I-X", "B-X"],
    "BIOES": ["O", "B-X", "E-X", "S-X", "B-Y"],  # from B-Y nothing leads on
    "BMES": ["S", "B", "M", "E"],
}

over_schemes = pytest.mark.parametrize("scheme", list(SETS), ids=str)


def head_of(scheme, seed=0, **options):
    """A head in float64 with random scores."""
    torch.manual_seed(seed)
    head = CRFTagging(6, Vocabulary(SETS[scheme]), scheme=scheme, **options).double()
    for parameter in (head.start, head.transitions, head.end):
        torch.nn.init.normal_(parameter)
    return head


def emissions_of(scheme, lengths=LENGTHS, seed=0, scale=1.0):
    torch.manual_seed(seed)
    shape = (len(lengths), int(lengths.max()), len(SETS[scheme]))
    return scale * torch.randn(shape, dtype=torch.float64)


def every_path(logits, chain, length):
    """Each path that is not forbidden with its score, best first, then by its labels."""
    start, transitions, end = (part.tolist() for part in chain)
    paths = {}
    for path in itertools.product(range(logits.size(1)), repeat=length):
        score = sum(logits[t, label].item() for t, label in enumerate(path))
        score += sum(transitions[i][j] for i, j in itertools.pairwise(path))
        score += start[path[0]] + end[path[-1]] if path else 0.0
        if score > -math.inf:
            paths[path] = score
    return dict(sorted(paths.items(), key=lambda item: (-item[1], item[0])))


def log_total(scores):
    return torch.tensor(list(scores), dtype=torch.float64).logsumexp(0).item()


def legal_tags(head, lengths, seed=0):
    """Random paths that the head allows."""
    draw = random.Random(seed)
    chain = head.scores(torch.zeros(1, 1, len(head.start)))[1]
    rows = []
    for length in lengths.tolist():
        found = every_path(torch.zeros(length, len(head.start)), chain, length)
        rows.append([*draw.choice(list(found)), *[0] * (int(lengths.max()) - length)])
    return torch.tensor(rows)
