"""Handwriting as ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper."""
