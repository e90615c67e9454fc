"""The folders of runs and sweeps: each is one run's, or one sweep's."""
