"""``python -m seqtasks.generate BUNDLE``: what follows a text, or how probable it is."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from seqtasks.cli.arguments import BUNDLE, Parser, utf8
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.importing import importing
from seqtasks.cli.streams import prepare_streams, standard_input, standard_output
from seqtasks.errors import UsageError
from seqtasks.prediction.sampling import OPTIONS, SHARED, sampling_options
from seqtasks.prediction.source_lines import decoded

if TYPE_CHECKING:
    from seqtasks.bundle import Bundle
    from seqtasks.prediction.text_generator import Text, TextGenerator

Item = TypeVar("Item")

ROW = "{:>6} {:>10} {:>12} {:>12} {:>10}  {}\n"
"""A line of the table of scores."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write what follows each prompt, or score each text."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        check_options(options)
        output = standard_output()
        for part in score(options) if options.score else generate(options):
            output.write(part.encode(errors="backslashreplace"))
            output.flush()


def make_parser() -> Parser:
    """The command line; options that a bundle has values for are absent unless given."""
    parser = Parser(
        "generate",
        "BUNDLE [OPTIONS] [< PROMPTS]",
        "Go on from a prompt with a trained language model, or say how probable a text is. Without "
        "--prompt and --prompt-file each line of the input is a prompt. How to sample is taken "
        "from the bundle where it is not given.",
        [
            f"python -m seqtasks.generate runs/generation/latest {line}"
            for line in (
                "--prompt 'the dog'",
                "--prompt '' --samples 3",
                "--prompt 'the dog' \\\n    --temperature 0.8 --top-p 0.9 --seed 1",
                "--score < lines.txt",
            )
        ],
    )
    group = parser.add_argument_group("what is read")
    group.add_argument("bundle", metavar="BUNDLE", help=BUNDLE)
    prompt = group.add_mutually_exclusive_group()
    prompt.add_argument("--prompt", type=utf8, metavar="TEXT", help="'' begins a new text")
    prompt.add_argument("--prompt-file", type=Path, metavar="FILE", help="a whole file is a prompt")
    condition = "the label or vector that the texts start from"
    group.add_argument("--condition", type=utf8, metavar="VALUE", help=condition)
    add = parser.add_argument_group("what is written").add_argument
    add("--samples", type=int, metavar="N", help="texts for each prompt (default 1)")
    add("--beam", type=int, metavar="N", help="instead, the best text that a beam of N finds")
    add("--score", action="store_true", help="instead, print how probable each given text is")
    add("--no-prompt", action="store_true", help="print only what follows the prompt")
    add("--json", action="store_true", help="print one JSON object a line")
    add = parser.add_argument_group("how tokens are drawn").add_argument
    for name, (kind, text) in OPTIONS.items():
        flag, wanted = "--" + name.replace("_", "-"), or_none(kind)
        shown = "N" if int in (kind, *get_args(kind)) else "X"
        add(flag, type=wanted, metavar=shown, help=text, default=argparse.SUPPRESS)
    stop = "ends a text and is cut off; may be given again"
    add("--stop", action="append", metavar="TEXT", default=argparse.SUPPRESS, help=stop)
    parser.add_adaptation()
    add = parser.add_argument_group("speed").add_argument
    add("--batch-size", type=int, default=32, metavar="N", help="texts at once (default 32)")
    parser.add_general()
    return parser


def or_none(kind: Any) -> Callable[[str], Any]:
    """A type for argparse: a number, or where None is allowed also ``none``."""
    [number, *nothing] = get_args(kind) or (kind,)
    if not nothing:
        return kind

    def convert(text: str) -> Any:
        return None if text == "none" else number(text)

    convert.__name__ = f"{number.__name__} or none"
    return convert


def check_options(options: argparse.Namespace) -> None:
    """Refuse numbers below 1, and options that another one leaves nothing to do."""
    for name in ("samples", "beam", "batch_size"):
        if (value := getattr(options, name)) is not None and value < 1:
            raise UsageError(f"it is at least 1, not {value}", option=name)
    chosen = [name for name in vars(options) if name in (*OPTIONS, "stop")]
    chosen += [name for name in ("samples", "beam", "no_prompt") if getattr(options, name)]
    if options.score and chosen:
        raise UsageError("--score generates nothing; leave one out", option=chosen[0])
    adapting = [name for name in vars(options) if name.startswith(("cache", "dynamic"))]
    if adapting and not options.score:
        raise UsageError("a model adapts to texts that are scored; add --score", option=adapting[0])
    others = [name for name in chosen if name not in (*SHARED, "beam", "no_prompt")]
    if options.beam and others:
        raise UsageError("--beam looks for the most probable text; leave one out", option=others[0])


def read_texts(options: argparse.Namespace) -> Iterator[Text]:
    """The given texts, numbered from 1."""
    from seqtasks.data.readers.files import read_whole
    from seqtasks.prediction.text_generator import Text

    if options.prompt is not None:
        yield Text(1, options.prompt)
    elif options.prompt_file is not None:
        path = options.prompt_file
        empty = path.is_file() and path.stat().st_size == 0
        yield Text(1, "" if empty else read_whole(path))
    else:
        number = 0
        for number, line in enumerate(decoded(standard_input()), 1):
            yield Text(number, line)
        if not number:
            raise UsageError("the input is empty; give lines, --prompt TEXT or --prompt-file FILE")


def load_bundle(options: argparse.Namespace) -> Bundle:
    """The saved model."""
    with importing():
        from seqtasks.lightning import leave_out_lightning

        if not options.trust:  # a class of yours may want all of Lightning
            leave_out_lightning()
        from seqtasks import bundle

        return bundle.load(options.bundle, options.device, options.trust)


def load_generator(options: argparse.Namespace, bundle: Bundle) -> TextGenerator:
    """What a saved model writes or scores."""
    from seqtasks.prediction.text_generator import TextGenerator

    return TextGenerator(bundle, options.condition, warn)


def generate(options: argparse.Namespace) -> Iterator[str]:
    """What to print: of one text alone piece by piece, else whole texts."""
    writer, samples = load_generator(options, load_bundle(options)), options.samples or 1
    given = {name: value for name, value in vars(options).items() if name in (*OPTIONS, "stop")}
    how = sampling_options(writer.model.sampling, given, samples, options.beam)
    limits = {name: how[name] for name in SHARED if name in how}
    wanted = (text._replace(sample=n) for text in read_texts(options) for n in range(samples))
    first = list(islice(wanted, 2))
    if len(first) == 1 and not options.json and not options.beam:
        yield from whole(streamed(writer, first[0], how, options.no_prompt))
        return
    for batch in batched(chain(first, wanted), options.batch_size):
        if options.beam:
            answers = writer.search(batch, beam_size=options.beam, **limits)
        else:
            answers = writer.draw(batch, how)
        for text, answer in zip(batch, answers, strict=True):
            if options.json:
                prompt = {} if options.no_prompt else {"prompt": text.content}
                nats = {} if answer.log_prob is None else {"nats": -answer.log_prob}
                names = {"number": text.number, "sample": text.sample + 1}
                yield as_json({**names, **prompt, "text": answer.value, **nats})
                continue
            if len(first) > 1:
                sample = f", sample {text.sample + 1}" if samples > 1 else ""
                yield f"--- prompt {text.number}{sample} ---\n"
            opening = "" if options.no_prompt else writer.opening(text)
            yield from whole([opening, str(answer.value)])


def streamed(
    writer: TextGenerator, text: Text, how: Mapping[str, Any], no_prompt: bool
) -> Iterator[str]:
    """A text and what follows it, in pieces."""
    pieces = writer.follow(text, how)
    first = next(pieces)  # a prompt that cannot be read is refused before it is printed
    yield "" if no_prompt else writer.opening(text)
    yield first
    yield from pieces


def score(options: argparse.Namespace) -> Iterator[str]:
    """How probable each text is, as JSON lines, or as a table that ends with all texts together."""
    if options.json:
        for text, scores in scored(options):
            yield as_json({"number": text.number, **scores})
        return
    from seqtasks.prediction.text_generator import measured

    number, tokens, nats, characters = 0, 0, 0.0, 0
    for number, (text, scores) in enumerate(scored(options), 1):
        if number == 1:  # what cannot be scored is refused before anything is printed
            yield ROW.format("text", "tokens", "nats", "perplexity", "bits/char", "beginning")
        tokens, characters = tokens + int(scores["tokens"]), characters + len(text.content)
        nats += scores["nats"]
        yield as_row(str(text.number), scores, " ".join(text.content[:200].split())[:40])
    if number > 1:
        yield as_row("all", measured(tokens, nats, characters))


def as_row(name: str, scores: Mapping[str, float], beginning: str = "") -> str:
    """A line of the table of scores."""
    values = (scores[name] for name in ("nats", "perplexity", "bits_per_char"))
    shown = ("–" if math.isnan(value) else f"{value:.6g}" for value in values)
    return ROW.format(name, f"{scores['tokens']:,}", *shown, beginning).rstrip() + "\n"


def scored(options: argparse.Namespace) -> Iterator[tuple[Text, dict[str, float]]]:
    """Each text and its score, by a model that adapts to it where this is asked for."""
    bundle = load_bundle(options)
    reader = load_generator(options, bundle)
    with ExitStack() as stack:
        adaptive = None
        if any(name.startswith(("cache", "dynamic")) for name in vars(options)):
            from seqtasks.evaluation import adapting, asked

            if (adaptation := asked(vars(options))) is not None:
                adaptive = stack.enter_context(adapting(bundle, adaptation, options.trust))
        for batch in batched(read_texts(options), options.batch_size):
            yield from zip(batch, reader.score(batch, adaptive), strict=True)


def as_json(values: Mapping[str, Any]) -> str:
    """A line of JSON; a number that is NaN or infinite becomes null."""
    plain = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
    return json.dumps(plain, ensure_ascii=False) + "\n"


def whole(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces of a text that are not empty, and the end of its last line."""
    piece = ""
    for piece in filter(None, pieces):
        yield piece
    if not piece.endswith("\n"):
        yield "\n"


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of so many items, the last one perhaps shorter."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


if __name__ == "__main__":
    prepare_streams()
    main()
