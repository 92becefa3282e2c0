"""Training examples made from the data sets: drawn, distorted, blended, cut apart, set in rows."""
