from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
@dataclass
class Case:
    kind: str
    name: str
    attempt: Callable[[Path], str]
