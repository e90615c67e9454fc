"""What a request may hold, described and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from seqtasks.decoding import Sampling
from seqtasks.prediction.sampling import OPTIONS
from seqtasks.serving.limits import Limits


class RequestForm(BaseModel):
    """An object whose options are known by name."""

    model_config = ConfigDict(extra="forbid")


class Option(NamedTuple):
    """An option of a search or of sampling.

    Attributes:
        kind: its type.
        default: where neither a request nor the bundle says otherwise.
        text: what it does.
        bounds: as pydantic's `Field` takes them.
    """

    kind: Any
    default: Any
    text: str
    bounds: Mapping[str, Any]


SEEDS = 2**53 - 1
"""The greatest whole number that every JSON reader takes as it is."""

SHARE: Mapping[str, Any] = {"gt": 0, "le": 1}

BOUNDS: Mapping[str, Mapping[str, Any]] = {
    "temperature": {"ge": 0, "le": 100},
    "top_k": {"ge": 1, "le": 1e6},
    "top_p": SHARE,
    "typical_p": SHARE,
    "repetition_penalty": {"gt": 0, "le": 100},
    "seed": {"ge": 0, "le": SEEDS},
}
"""The least and the greatest value of what says how tokens are drawn."""

METHODS = Literal["beam", "greedy", "sampling"]


def sampling_fields(most: int) -> dict[str, Option]:
    """How long a text is, at most so many tokens, what it repeats, and how tokens are drawn."""
    length = {"ge": 0, "le": most}
    bounds = {"max_length": {"ge": 1, "le": most}, **BOUNDS}
    return {
        name: Option(kind, getattr(Sampling, name), text, bounds.get(name, length))
        for name, (kind, text) in OPTIONS.items()
    }


def beam(widest: int) -> dict[str, Option]:
    """What the search for an output follows and ranks by."""
    return {
        "method": Option(METHODS, "beam", "how to search; each has options of its own", {}),
        "max_length_ratio": Option(
            float | None, None, "tokens at most for each of the source", {"gt": 0, "le": 10}
        ),
        "beam_size": Option(int, 5, "outputs followed", {"ge": 1, "le": widest}),
        "length_penalty": Option(float, 1.0, "0: none", {"ge": -10, "le": 10}),
        "length_offset": Option(float, 5.0, "of the length penalty", {"ge": 0, "le": 100}),
        "coverage_penalty": Option(float, 0.0, "0: none", {"ge": 0, "le": 10}),
    }


def fields(options: Mapping[str, Option], saved: Mapping[str, Any]) -> dict[str, Any]:
    """Options as pydantic takes them, each with the bundle's own value as its default."""
    return {
        name: (kind, Field(saved.get(name, default), description=text, **bounds))
        for name, (kind, default, text, bounds) in options.items()
    }


def prediction_form(limits: Limits, search: Mapping[str, Any]) -> type[BaseModel]:
    """The body of ``POST /predict``, with the options of the bundle's search as defaults."""
    options = {**sampling_fields(limits.max_length), **beam(limits.max_beam)}
    searching = create_model("Search", __base__=RequestForm, **fields(options, search))
    count: Any = {"ge": 1, "le": limits.max_beam}
    several = "or a list of them; or for each an object with a text or tokens for each input"
    form: dict[str, Any] = {
        "text": (text_or_texts(limits), Field(description=f"a text, {several}")),
        "scores": (bool, Field(False, description="the probability of each label besides")),
        "n_best": (int | None, Field(None, description="the N best with scores", **count)),
        "search": (searching | None, Field(None, description="options of the search")),
        "attention": (bool, Field(False, description="what each output of one text attends to")),
    }
    return create_model("Prediction", __base__=RequestForm, **form)


def generation_form(limits: Limits, sampling: Mapping[str, Any]) -> type[BaseModel]:
    """What ``/generate`` takes, with the options of the bundle's sampling as defaults."""
    stop = Annotated[str, Field(min_length=1, max_length=100)]
    most = limits.max_characters
    ends, begins = "strings that end the text and are cut off", "the label or vector it starts from"
    form: dict[str, Any] = {
        "prompt": (str, Field("", max_length=most, description="'' begins a new text")),
        "condition": (str | None, Field(None, max_length=1000, description=begins)),
        "stop": (list[stop], Field(sampling.get("stop", []), max_length=16, description=ends)),
    }
    options = fields(sampling_fields(limits.max_length), sampling)
    return create_model("Generation", __base__=RequestForm, **form, **options)


def text_or_texts(limits: Limits) -> Any:
    """One text or several."""
    one = Annotated[str, Field(max_length=limits.max_characters), Tag("one")]
    named = Annotated[dict[str, str | list[str]], Field(min_length=1, max_length=8), Tag("object")]
    each = Annotated[one | named, told("it should be a text, or an object with a text an input")]
    many = Annotated[list[each], Field(min_length=1, max_length=limits.max_texts), Tag("list")]
    return Annotated[one | named | many, told("it should be a text or a list of texts")]


def told(message: str) -> Discriminator:
    """What tells the forms of a text apart, and what to say where it is none of them."""
    tags: dict[type, str] = {str: "one", dict: "object", list: "list"}
    return Discriminator(
        lambda value: tags.get(type(value)),
        custom_error_type="text_form",
        custom_error_message=message,
    )


def names(form: type[BaseModel] | None, errors: Sequence[Mapping[str, Any]]) -> list[str]:
    """The options of a form that stand beside the one that the first error is about."""
    if form is None:
        return []
    if "search" in errors[0]["loc"][1:-1]:
        form = next(part for part in get_args(form.model_fields["search"].annotation))
    return [*form.model_fields]
