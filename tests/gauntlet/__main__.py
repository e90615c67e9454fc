"""Print the page of oddities: ``PYTHONPATH=tests python -m gauntlet > docs/guides/oddities.md``."""

import sys

from gauntlet.areas import page

sys.stdout.buffer.write(page().encode())
