"""One text that a language model writes, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from seqtasks.bundle import Bundle
from seqtasks.prediction.sampling import sampling_options
from seqtasks.prediction.text_generator import Text, TextGenerator
from seqtasks.serving.failure import is_lasting
from seqtasks.serving.mailbox import Event, Mailbox


@dataclass(eq=False)
class Stream:
    """A text in the making.

    Attributes:
        prompt: raw.
        settings: options of the sampling that are given; the bundle has the others.
        condition: the raw label or vector that the text starts from; None where the model has none.
        mailbox: takes each event, or the error that ends them.
        left: nobody listens any more; no further step is made.
        events: those still to come, once the text has begun.
    """

    prompt: str
    settings: Mapping[str, Any]
    condition: str | None
    mailbox: Mailbox
    left: bool = False
    events: Iterator[Event] | None = None

    @property
    def stalled(self) -> bool:
        """Whether the text waits for its reader."""
        return self.mailbox.full and not self.left

    def step(self, bundle: Bundle) -> bool:
        """Make and deliver one event, of a token at most; False if it was the last one.

        Raises:
            Exception: the model can make no other text either.
        """
        if self.left:
            self.events = None
            return False
        try:
            if self.events is None:
                self.events = self.follow(bundle)
            event = next(self.events)
        except StopIteration:
            return False
        except Exception as error:
            self.mailbox.put(error)
            if is_lasting(error):
                raise
            return False
        self.mailbox.put(event)
        return True

    def follow(self, bundle: Bundle) -> Iterator[Event]:
        """The events of a text: its start, what was not understood, its pieces, its end."""
        notes: list[str] = []
        writer = TextGenerator(bundle, self.condition, notes.append)
        how = sampling_options(writer.model.sampling, self.settings)
        text = Text(1, self.prompt)
        pieces = writer.follow(text, how)
        first = next(pieces)  # a prompt that cannot be read is refused before anything is told
        yield Event("start", {"opening": writer.opening(text), "seed": how.get("seed", 0)})
        for note in notes:
            yield Event("note", {"note": note})
        count = 0
        for piece in chain([first], pieces):
            yield Event("text", {"text": piece})
            count += 1
        yield Event("end", {"tokens": count - 1})  # what was held back is no token
