"""Terminals that cannot print what they are given, or obey what they should print."""

from __future__ import annotations

from gauntlet.oddity import Oddity, Trained

LINES = [
    "task=classification",
    "data=lines",
    "data.train=train.txt",
    "data.val=train.txt",
    "data.test=train.txt",
]
CHINESE = "好 我们 很 好\n坏 我们 不 好\n" * 15


def consoled(**environment: str) -> Trained:
    """A training on Chinese text and labels, in some environment."""
    return Trained(
        LINES,
        {"train.txt": CHINESE},
        environment=environment,
        given="我们\n".encode(),
        lines=1,
        never=["Traceback"],
    )


ODDITIES = [
    Oddity(
        "A terminal of Windows-1252",
        "Windows with its older consoles, output sent to a file there",
        "Training, test and table end well; a character that cannot be shown is replaced.",
        [consoled(PYTHONIOENCODING="cp1252")],
    ),
    Oddity(
        "A terminal of ASCII",
        "`LANG=C` in containers and cron jobs",
        "Training, test and table end well.",
        [
            consoled(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
        ],
    ),
    Oddity(
        "Escape sequences in labels and text",
        "logs with colours, texts made to harm",
        "They never reach a terminal raw.",
        [
            Trained(
                LINES,
                {"train.txt": "\x1b[31mred fine film\n\x1b]0;x\x07bad dull film\n" * 15},
                never=["\x1b[31mred", "\x1b]0;x"],
                given=b"fine film\n",
                lines=1,
            )
        ],
    ),
    Oddity(
        "Square brackets in labels: `[link=x]`, `[/b]`",
        "labels that look like the mark-up of a table",
        "They are shown as they are.",
        [
            Trained(
                LINES,
                {"train.txt": "[link=x] fine film\n[/b] dull film\n[bold] so so\n" * 15},
                shows=["[/b]"],
                given=b"fine film\n",
                lines=1,
            )
        ],
    ),
]
