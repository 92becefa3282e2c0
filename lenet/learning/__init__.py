"""Training: the data, the loop, the losses, and what came of it."""
