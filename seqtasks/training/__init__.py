"""What Lightning sees of a training: callbacks, checkpoints, averages, the history."""
