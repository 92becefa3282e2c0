"""From ink or pen strokes and a classifier to a `Reading`."""
