"""Training: the data, the loop, the losses, the measurements and the record."""
