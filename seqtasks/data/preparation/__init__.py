"""From files to encoded splits: read, split, fitted and encoded once, and remembered."""
