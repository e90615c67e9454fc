"""What the server answers, for its description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """Why there is no other answer."""

    error: str = Field(description="what was given, what was expected, how to put it right")


class AttentionReply(BaseModel):
    """Which source symbols each symbol of an output attends to."""

    source: list[str] = Field(description="the symbols that were read")
    target: list[str] = Field(description="the symbols that were written, the end among them")
    weights: list[list[float]] = Field(description="a row for each target symbol, adding up to 1")


class Output(BaseModel):
    """One of several outputs, ``text`` or ``labels``."""

    text: str = Field("", description="of a model that writes texts")
    labels: list[str] = Field([], description="of a tagger")
    score: float = Field(description="what the outputs are ranked by")
    log_prob: float = Field(description="of the whole output, in nats")
    ended: bool = Field(description="false where the output was cut at its greatest length")
    attention: AttentionReply | None = None


class TextSpan(BaseModel):
    """A stretch of tokens with a label."""

    label: str
    first: int = Field(description="its first token, from 0")
    last: int = Field(description="its last token, from 0")


class TextPrediction(BaseModel):
    """What the model says of one text."""

    prediction: str | list[str] = Field(description="a label, labels, a number or a text")
    ended: bool = Field(True, description="false where the text was cut at its greatest length")
    scores: dict[str, float] = Field({}, description="label: probability; with scores")
    confidences: list[float] = Field([], description="of a tagger, of each label; with scores")
    best: list[Output] = Field([], description="best first; with n_best")
    tokens: list[str] = Field([], description="of a tagger, what the labels belong to")
    spans: list[TextSpan] = Field([], description="of a tagger of spans, what the labels spell")
    attention: AttentionReply | None = Field(None, description="of the prediction; with attention")
    error: str = Field("", description="instead of all others, where the text cannot be used")


class Predictions(BaseModel):
    """One prediction for each text, in order."""

    predictions: list[TextPrediction]


class Health(BaseModel):
    """Whether the server works, and how much it has to do."""

    status: str = Field(description="ok")
    waiting: int = Field(description="texts and prompts in the queue")
    running: int = Field(description="texts in the making")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The description of some refusals."""
    told = {
        401: "the token is missing or another one",
        408: "the body did not come in time",
        409: "the model does not do this",
        413: "the body is too large",
        422: "the body, an option or a text cannot be used",
        503: "the queue is full; ask again after Retry-After seconds",
        504: "there was no answer in time",
    }
    return {status: {"model": Problem, "description": told[status]} for status in statuses}
