"""What a token may look like, for the server and the command line alike. Imports nothing."""


def parse_token(text: str) -> str:
    """Return a token without the white space around it.

    Raises ValueError unless it is printable ASCII without spaces: nothing else gets through a
    header of HTTP unharmed.
    """
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("is no token: it must be printable ASCII without spaces, and not empty")
    return token
