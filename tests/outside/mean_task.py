"""A task that lives outside the package, as a user would write it."""

from __future__ import annotations

import torch
from torch import nn

from seqtasks.heads.loss import Loss, cross_entropy
from seqtasks.task import Task


class MeanClassifier(Task):
    """One label from the mean of the outputs."""

    target = "label"

    def __init__(self, vocabularies, *, embedding_dim, encoder, **training):
        super().__init__(vocabularies, **training)
        self.labels = vocabularies["label"]
        self.table = nn.Embedding(len(vocabularies["tokens"]), embedding_dim)
        self.encoder = encoder(input_size=embedding_dim)
        self.output = nn.Linear(self.encoder.output_size, len(self.labels))

    def forward(self, batch):
        outputs, _ = self.encoder(self.table(batch.tokens), batch.lengths)
        return self.output(outputs.sum(dim=1) / batch.lengths.unsqueeze(1))

    def loss(self, logits, batch) -> Loss:
        return cross_entropy(logits, batch.label)

    def predict(self, batch):
        return [self.labels.symbols[n] for n in torch.argmax(self(batch), dim=-1).tolist()]
