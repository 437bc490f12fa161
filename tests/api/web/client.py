"""Requests to the API over the socket behind the edge, which says whom a request is from."""

import http.client
import json
import os
import socket
from dataclasses import dataclass, field, replace
from pathlib import Path

BASE = "/api/v1"
HOME = "127.0.0.1"
SECONDS = 60


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        # A socket's path has 107 octets at most; the same folder by a short name has fewer.
        folder = os.open(self.path.parent, os.O_PATH)
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/{self.path.name}")
        finally:
            os.close(folder)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    @property
    def kind(self) -> str:
        """The `type` of a problem."""
        return self.json["type"] if self.headers.get("content-type") == "application/problem+json" else ""

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    def ok(self, *statuses: int) -> "Answer":
        assert self.status in (statuses or (200, 201, 204)), f"{self.status} {self.body[:2000].decode(errors='replace')}"
        return self

    def refused(self, status: int, kind: str) -> "Answer":
        assert (self.status, self.kind) == (status, kind), f"{self.status} {self.body[:2000].decode(errors='replace')}"
        return self


@dataclass
class Client:
    """Somebody with a token, or nobody."""

    path: Path
    token: str = ""
    source: str = HOME
    headers: dict[str, str] = field(default_factory=dict)

    def connection(self) -> http.client.HTTPConnection:
        return UnixConnection(self.path)

    def claims(self) -> dict[str, str]:
        """What the edge would say of the request."""
        return {"x-pabx-client": self.source}

    def ask(self, method: str, path: str, body=None, **headers: str) -> Answer:
        """`body`: something to be sent as JSON, or octets. Header names are given with underscores."""
        sent = {"connection": "close"} | self.claims() | self.headers
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.connection()
        try:
            connection.request(method, path if path.startswith("/api/") else BASE + path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body=None, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.ask("DELETE", path, **headers)

    def patch(self, path: str, body) -> Answer:
        """With the tag of what is there."""
        return self.ask("PATCH", path, body, if_match=self.get(path).ok().etag)

    def made(self, path: str, body) -> dict:
        return self.post(path, body).ok(201).json

    def all(self, path: str, limit: int = 100) -> list[dict]:
        """Every page."""
        items, cursor = [], None
        while True:
            more = f"&cursor={cursor}" if cursor else ""
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{more}").ok().json
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    def login(self, username: str, password: str, **more) -> Answer:
        return self.post("/auth/login", {"username": username, "password": password} | more)

    def signed_in(self, username: str, password: str) -> "Client":
        token = self.login(username, password).ok().json["access_token"]
        return replace(self, token=token)
