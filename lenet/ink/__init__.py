"""What was written, as ink: float32 in [0, 1], 1 = full ink, 0 = paper."""
