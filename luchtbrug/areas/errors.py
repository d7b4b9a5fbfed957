"""What can be wrong with a file of areas."""


class AreaFileError(Exception):
    """A file of areas cannot be used; the message says why and what to do."""
