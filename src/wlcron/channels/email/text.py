"""Texts of strangers as the values of headers."""

from wlcron.channels.library import one_line


def header_line(text: str, most: int) -> str:
    """Return a text as one line of so many characters that may be the value of a header.

    What looks like an encoded word (RFC 2047) would be decoded by the mail's reader, and by
    EmailMessage itself, into what `one_line` has taken out.
    """
    return one_line(one_line(text, most).replace("=?", "= ?"), most)
