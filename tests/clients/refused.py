"""What a client prints where usher refuses a call: one line instead of a traceback."""


def in_words(error, wanted):
    """The refusal's code and words; for a token that may not make the call, whose token is wanted."""
    line = f"usher refuses the call: {error.code().name}: {error.details()}"
    return f"{line}; {wanted}" if error.code().name in ("PERMISSION_DENIED", "UNAUTHENTICATED") else line
