"""HTTPS to the box, as bytes or as requests; only its own certificate is believed, for the names that it has."""

import http.client
import socket
import ssl

from .pabxd import Pabxd

SECONDS = 60


def trusting(pabxd: Pabxd) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=pabxd.certificate)


def connection(pabxd: Pabxd, context: ssl.SSLContext | None = None, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection(
        "127.0.0.1", pabxd.https_port, timeout=SECONDS, context=context or trusting(pabxd), source_address=(source, 0)
    )


def raw(pabxd: Pabxd, source: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    """The inside of a TLS connection."""
    tcp = socket.create_connection(("127.0.0.1", pabxd.https_port), SECONDS, (source, 0))
    return (context or trusting(pabxd)).wrap_socket(tcp, server_hostname="localhost")


def answer_to(pabxd: Pabxd, octets: bytes) -> tuple[int, bytes]:
    """What comes back to octets of any kind until the box closes: the first status, and everything."""
    with raw(pabxd) as inside:
        inside.settimeout(8)
        got = b""
        try:
            inside.sendall(octets)
            while piece := inside.recv(65536):
                got += piece
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
    return (int(got.split(b" ", 2)[1]) if got.startswith(b"HTTP/1.") else 0), got
