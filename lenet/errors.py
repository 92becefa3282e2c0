"""The error that is the sender's, not the program's."""


class InputError(ValueError):
    """A picture, strokes or ink cannot be read; says what was wanted, what came and what to do."""
