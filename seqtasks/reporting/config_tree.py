"""The whole configuration as a coloured tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from rich.console import Console
from rich.syntax import Syntax
from rich.tree import Tree


def print_config(console: Console, config: Mapping[str, Any]) -> None:
    """Print a configuration, resolved and plain: a branch for each part, options as YAML."""
    tree = Tree("configuration", guide_style="dim")
    for name, value in config.items():
        if isinstance(value, Mapping) and value:
            tree.add(name, style="bold").add(as_yaml(value), style="not bold")
        else:
            tree.add(as_yaml({name: value}))
    console.print(tree)


def as_yaml(options: Mapping[str, Any]) -> Syntax:
    """Some options as coloured YAML."""
    text = yaml.safe_dump(dict(options), sort_keys=False, allow_unicode=True).rstrip("\n")
    return Syntax(text, "yaml", theme="ansi_dark", background_color="default", word_wrap=True)
