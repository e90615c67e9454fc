"""Toy models to decode from, and the search that tries everything."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
import torch
from torch import Tensor

from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.decoding import DecodingStep, State
from seqtasks.encoder import RecurrentEncoder

EOS = 0

SAMPLE = "to be, or not to be: that is the question.\nà la carte, naïve café ☃ €5\n"


class Toy:
    """A random model whose logits depend on the whole history and on each row's own memory."""

    def __init__(self, seed: int, vocabulary: int, rows: int = 4) -> None:
        random = torch.Generator().manual_seed(seed)
        self.table = torch.randn(509, vocabulary, generator=random, dtype=torch.float64) * 2
        self.state: State = (
            torch.randint(0, 10007, (rows,), generator=random),
            torch.randn(rows, 3, vocabulary, generator=random, dtype=torch.float64),
        )
        self.first = torch.ones(rows, dtype=torch.int64)
        self.seen: list[int] = []

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        history, memory = state
        self.seen.append(len(tokens))
        history = (history * 31 + tokens + 7) % 10007
        logits = self.table[history % 509] + memory.gather(
            1, (history % 3)[:, None, None].expand(-1, 1, memory.shape[2])
        ).squeeze(1)
        return logits, (history, memory)

    def row(self, index: int) -> tuple[State, Tensor]:
        part = slice(index, index + 1)
        return tuple(tensor[part] for tensor in self.state), self.first[part]


class Reader(Toy):
    """A toy that pays attention to a source of each row's own and remembers how much."""

    def __init__(self, seed: int, vocabulary: int, rows: int = 4, steps: int = 5) -> None:
        super().__init__(seed, vocabulary, rows)
        random = torch.Generator().manual_seed(seed + 1000)
        self.looks = torch.randn(509, steps, generator=random, dtype=torch.float64)
        lengths = torch.randint(1, steps + 1, (rows,), generator=random)
        self.lengths = lengths.tolist()
        real = torch.arange(steps) < lengths[:, None]
        self.state = (*self.state, torch.zeros(rows, steps, dtype=torch.float64), real)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        *toys, attended, real = state
        logits, toys = super().step(tokens, tuple(toys))
        looks = self.looks[toys[0] % 509, : real.shape[1]].masked_fill(~real, -torch.inf)
        return logits, (*toys, attended + looks.softmax(1), real)

    def coverage(self, state: State) -> tuple[Tensor, Tensor]:
        return state[-2:]

    def row(self, index: int) -> tuple[State, Tensor]:
        """One row without any padding of its source."""
        (*toys, attended, real), first = super().row(index)
        length = self.lengths[index]
        return (*toys, attended[:, :length], real[:, :length]), first


@pytest.fixture
def toy() -> type[Toy]:
    return Toy


@pytest.fixture
def reader() -> type[Reader]:
    return Reader


@pytest.fixture
def exhaustive() -> Callable[..., list[tuple[list[int], float]]]:
    """All sequences of one row with their log-probabilities, the end token's included."""

    def search(
        step: DecodingStep,
        state: State,
        first: Tensor,
        max_length: int,
        forbidden: tuple[int, ...] = (),
    ) -> list[tuple[list[int], float, int]]:
        found = []
        open_ = [([], 0.0, state, first)]
        for length in count(1):
            grown = []
            for tokens, log_prob, state, last in open_:
                logits, after = step(last, state)
                for token, value in enumerate(logits[0].log_softmax(0).tolist()):
                    if token == EOS:
                        found.append((tokens, log_prob + value, length))
                    elif token not in forbidden:
                        longer = [*tokens, token]
                        grown.append((longer, log_prob + value, after, torch.tensor([token])))
            if length == max_length:
                return found + [(tokens, value, length) for tokens, value, *_ in grown]
            open_ = grown
        raise AssertionError

    return search


class Writer:
    """A random language model over the text of a field, in float64."""

    def __init__(self, level: str, **options: object) -> None:
        self.field = TokenField(level=level, bos=True, **options)
        self.field.name = "tokens"
        self.field.fit([Record({"tokens": SAMPLE}, "sample", 1)])
        self.vocabulary = self.field.vocabulary
        torch.manual_seed(0)
        self.table = torch.nn.Embedding(len(self.vocabulary), 6).double()
        self.encoder = RecurrentEncoder(6, 8, num_layers=2, cell="lstm").double().eval()
        self.head = torch.nn.Linear(8, len(self.vocabulary)).double()
        torch.nn.init.normal_(self.head.weight)
        self.longest = 0

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        outputs, state = self.encoder(self.table(tokens[:, None]), None, state)
        return self.head(outputs[:, 0]), state

    def read(
        self, tokens: Tensor, lengths: Tensor | None, state: State | None
    ) -> tuple[Tensor, State]:
        self.longest = max(self.longest, tokens.size(1))
        return self.encoder(self.table(tokens), lengths, state)

    def numbers(self, text: str) -> list[int]:
        return self.field.encode([Record({"tokens": text}, "text", 1)])[0].tolist()


@pytest.fixture
def writer() -> type[Writer]:
    return Writer
