"""Print docs/oddities.md: ``PYTHONPATH=tests python -m gauntlet > docs/oddities.md``."""

import sys

from gauntlet.areas import page

sys.stdout.buffer.write(page().encode())
