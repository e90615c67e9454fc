"""Completion of options in a shell: ``python -m seqtasks task=tag`` and the key Tab.

What Hydra installs completes ``python script.py`` and installed programs. A shell that has read a
script of here asks this command, by ``-sc query=bash``, and Hydra then answers.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence

from seqtasks.errors import UsageError

FLAGS = ("-sc", "--shell-completion")

BASH = """\
_seqtasks_options() {
    local line="${COMP_LINE:0:$COMP_POINT}"
    COMPREPLY=()
    case "$line" in
        *"python"*" -m seqtasks "*) ;;
        *) return ;;
    esac
    COMPREPLY=( $(compgen -W "$(COMP_LINE="$line" "${1/#\\~/$HOME}" -m seqtasks -sc query=bash \\
        2>/dev/null)" -- "${line##* }") )
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//[=@]}
complete -o nospace -o default -F _seqtasks_options python python3
"""

ZSH = f"autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n{BASH}"

FISH = """\
function __seqtasks_options
    set -lx COMP_LINE (commandline -cp)
    set -l words (commandline -opc)
    $words[1] -m seqtasks -sc query=fish 2>/dev/null
end
function __seqtasks_asks
    string match -qr -- '^\\S*python\\S* +-m +seqtasks ' (commandline -cp)
end
complete -c python -f -n __seqtasks_asks -a '(__seqtasks_options)'
complete -c python3 -f -n __seqtasks_asks -a '(__seqtasks_options)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}

UNINSTALL = {
    "bash": "complete -r python python3\n",
    "zsh": "compdef -d python python3\n",
    "fish": "complete -e -c python\ncomplete -e -c python3\n",
}


def script(arguments: Sequence[str]) -> str | None:
    """What a shell reads that is to complete, or is no longer to; None where nobody asks for it.

    Raises:
        UsageError: there is no such shell.

    >>> script(["-sc", "uninstall=fish"]).splitlines()[0]
    'complete -e -c python'
    >>> script(["-sc", "query=bash"]), script(["task=tagging"])
    (None, None)
    """
    for flag, word in itertools.pairwise(arguments):
        task, _, shell = word.partition("=")
        scripts = {"install": SCRIPTS, "uninstall": UNINSTALL}.get(task)
        if flag in FLAGS and scripts is not None:
            if shell not in scripts:
                raise UsageError(f"{word}: the shells are {', '.join(scripts)}; choose one")
            return scripts[shell]
    return None


def prepare_query(arguments: Sequence[str]) -> None:
    """Let Hydra read the line that a shell asks about, which for it begins with a program."""
    line = os.environ.get("COMP_LINE", "")
    before, named, options = line.partition(" seqtasks ")
    if named and before.split()[-1:] == ["-m"] and any(flag in arguments for flag in FLAGS):
        os.environ["COMP_LINE"] = f"seqtasks {options}"
