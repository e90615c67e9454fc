"""Do generated names sound like their language? A classifier of real names judges them.

    python -m seqtasks experiment=names_conditional
    python -m seqtasks experiment=names_language
    python benchmarks/names.py runs/generation/latest/bundle runs/classification/latest/bundle

As many names are generated for every language: a guess is right once in so many languages.
"""

from __future__ import annotations

import argparse

from seqtasks import bundle


def main() -> None:
    """Print the share that is recognised, in all and for each language, with some names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("writer", help="the bundle of a language model that starts from a label")
    parser.add_argument("judge", help="the bundle of a classifier with the same labels")
    parser.add_argument("--count", type=int, default=100, help="names for each language")
    options = parser.parse_args()
    writer, judge = bundle.load(options.writer), bundle.load(options.judge)
    labels = sorted(writer.fields["label"].vocabulary.symbols)
    asked = [label for label in labels for _ in range(options.count)]
    names = [name or "?" for name in writer.predict(asked)]
    heard = judge.predict(names)
    right = [label == judged for label, judged in zip(asked, heard, strict=True)]
    print(
        f"recognised: {sum(right) / len(right):.1%} of {len(right):,}; by chance 1 in {len(labels)}"
    )
    for number, label in enumerate(labels):
        rows = slice(number * options.count, (number + 1) * options.count)
        share = sum(right[rows]) / options.count
        print(f"{label:>12} {share:>7.1%}   {', '.join(names[rows][:6])}")


if __name__ == "__main__":
    main()
