"""Training examples made from the data sets: rendered, interpolated, degraded, cut apart, set in rows."""
