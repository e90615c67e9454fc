"""The command line: its options, what Hydra refuses in words, exit codes, versions."""
