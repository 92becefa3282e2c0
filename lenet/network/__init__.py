"""LeNet: the model, its weights and record on disk, the backends that run it, and its export."""
