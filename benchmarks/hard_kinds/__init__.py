"""The kinds of pictures that people complain about, made anew: other hands, papers and sizes.

    python -m benchmarks.hard_kinds --data DIR [--half tune|held-out] [--count N] [--kinds a,b] [--save DIR]

Every picture is made in memory from pen strokes of PenDigits and UNIPEN and a seed. The half "tune" may be
looked at and tuned on; "held-out" has other writers, papers, pens, words and light, and is for figures only.
The kinds in `CONTROLS` are those that were read already when the set was made.
"""
