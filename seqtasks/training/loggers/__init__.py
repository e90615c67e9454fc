"""Where the scores of a training go: files of the run folder, and services that keep many runs."""
