"""The form of a CoNLL file, told from its suffix, its first lines and what the user says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from seqtasks.data.readers.conll_lines import DOCUMENTS, Blocks, ConllForm
from seqtasks.data.readers.decoding import EmptyFile
from seqtasks.data.readers.files import line_blocks
from seqtasks.data.readers.paths import FilePath, format_suffix
from seqtasks.errors import DataError

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_COLUMNS = re.compile(r"# *global\.columns *=(.*)")


def opened_conll(
    path: FilePath,
    names: Sequence[str],
    separator: str | None,
    comment: str | None,
    encoding: str,
) -> tuple[ConllForm, int, Blocks]:
    """Read a file's first lines.

    Args:
        path: the file.
        names: the names of the columns, empty if not given.
        separator: what stands between columns, None if not given.
        comment: what a comment line starts with, None if not given.
        encoding: of the file.

    Returns:
        The form of the file, the number of its first line of data, and all its lines.

    Raises:
        EmptyFile: there is no line of data.
        DataError: the file cannot be read, or its first line of data has another number of columns
            than there are names.
    """
    blocks = line_blocks(path, encoding)
    seen: list[tuple[int, list[str]]] = []
    unified = format_suffix(path) in (".conllu", ".conllup") or tuple(names) == CONLLU
    form = ConllForm(str(path), names, comment=comment or ("#" if unified else None))
    found: tuple[int, str] | None = None
    for block in blocks:
        seen.append(block)
        if found := _first_data(form, seen):
            break
    if found is None:
        raise EmptyFile(f"{path}: no sentence; give a file with one token a line")
    number, line = found
    head = [text for first, lines in seen for text in lines[: max(0, number - first)]]
    form = replace(form, names=names or _named(path, head) or (CONLLU if unified else ()))
    form = replace(
        form,
        separator=separator or ("\t" if "\t" in line else ""),
        ranges=unified and form.names[0].lower() == "id",
        varying=any(text.startswith(DOCUMENTS[1]) for text in head),
    ).measured(line)
    cells = form.splitter()(line)
    if len(cells) < form.width or any(cells[form.width :]):
        source = "`reader.names`" if names else "CoNLL-U" if form.names == CONLLU else "its comment"
        raise DataError(
            f"{path}:{number}: {len(cells)} column(s) found, {form.width} expected (from "
            f"{source}); correct the line or set `reader.separator`"
        )
    return form, number, chain(seen, blocks)


def _first_data(form: ConllForm, blocks: Sequence[tuple[int, list[str]]]) -> tuple[int, str] | None:
    """The first line of data: one that begins with ``#`` if there is no other."""
    doubtful: tuple[int, str] | None = None
    for first, lines in blocks:
        for number, line in enumerate(lines, first):
            if not line or line.isspace() or line.startswith(DOCUMENTS):
                continue
            if form.is_comment(line, begun=False):
                continue
            if form.comment is not None or not line.startswith("#"):
                return number, line
            doubtful = doubtful or (number, line)
    return doubtful


def stated_names(head: Sequence[str]) -> tuple[str, ...]:
    """The names in a comment ``# global.columns = ID FORM …``; those of CoNLL-U in small letters.

    >>> stated_names(["# global.columns = ID FORM SLOT"]), stated_names(["# text = a"])
    (('id', 'form', 'SLOT'), ())
    """
    for line in head:
        if match := _COLUMNS.match(line):
            listed = match[1].split()
            return tuple(one.lower() if one.lower() in CONLLU else one for one in listed)
    return ()


def _named(path: FilePath, head: Sequence[str]) -> tuple[str, ...]:
    """The names in a comment ``# global.columns = ID FORM …``; those of CoNLL-U in small letters.

    Raises:
        DataError: a ``.conllup`` file has no such comment.
    """
    if names := stated_names(head):
        return names
    if format_suffix(path) == ".conllup":
        raise DataError(
            f"{path}: no line '# global.columns = …' names the columns of a .conllup file; write "
            "one, or set `reader.names`=[...]"
        )
    return ()
