"""LeNet: the model, its weights on disk, and its export."""
