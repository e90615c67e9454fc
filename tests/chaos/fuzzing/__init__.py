"""Files, options and command lines, changed at random."""
