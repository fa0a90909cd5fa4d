"""The socket of the HTTP API."""

import socket

from wlcron.errors import ConfigurationError


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named: without
    # it, the second of two requests over one connection waits 40 ms for the first one's ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}; give another address with --listen"
        ) from error
    return listening
