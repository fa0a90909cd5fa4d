"""The few requests of the Docker Engine API that the lab makes (v1.41, and every later one)."""

import http.client
import json
import socket
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from lab.trouble import LabError

TIMEOUT = 120  # seconds; an import of 100 MB takes five


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class EngineApi:
    """A daemon at a DOCKER_HOST of the form unix://… or tcp://… without TLS."""

    def __init__(self, host: str) -> None:
        self._address = urlsplit(host)
        if self._address.scheme not in {"unix", "tcp"}:
            raise LabError(f"DOCKER_HOST={host} is not unix:// or tcp://, set another one")

    def answers(self) -> bool:
        """Whether a daemon is there and willing to speak to this user."""
        try:
            return self._request("GET", "/_ping")[0] == HTTPStatus.OK
        except LabError:
            return False

    def has_image(self, name: str) -> bool:
        """Whether an image of this name is there."""
        return self._request("GET", f"/images/{quote(name)}/json")[0] == HTTPStatus.OK

    def import_image(self, name: str, root: BinaryIO, changes: Sequence[str]) -> None:
        """Make an image of a tar file of a root folder (`docker import`)."""
        query = urlencode([("fromSrc", "-"), ("repo", name), *(("changes", c) for c in changes)])
        status, body = self._request("POST", f"/images/create?{query}", root)
        # A failure after the first byte is told inside a stream that began with 200.
        if status != HTTPStatus.OK or b'"error"' in body:
            raise LabError(f"{name} cannot be imported: {reason(body)}")

    def tag_image(self, name: str, repository: str) -> None:
        """Give an image a further name."""
        query = urlencode({"repo": repository, "tag": "latest"})
        status, body = self._request("POST", f"/images/{quote(name)}/tag?{query}")
        if status != HTTPStatus.CREATED:
            raise LabError(f"{name} cannot be named {repository}: {reason(body)}")

    def remove_ended_containers(self) -> None:
        """Remove every container that does not run (`docker container prune`)."""
        self._request("POST", "/containers/prune")

    def _request(
        self, method: str, path: str, body: Iterable[bytes] | None = None
    ) -> tuple[int, bytes]:
        if self._address.scheme == "unix":
            connection: http.client.HTTPConnection = UnixConnection(self._address.path)
        else:
            connection = http.client.HTTPConnection(self._address.netloc, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, {"Content-Type": "application/x-tar"})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"the daemon at {self._address.geturl()} fails: {error!r}") from error
        finally:
            connection.close()


def reason(body: bytes) -> str:
    """Read what a refusal of the Engine API says."""
    last = body.strip().splitlines()[-1] if body.strip() else b"no reason given"
    try:
        refusal = json.loads(last)
    except ValueError:
        return last.decode(errors="replace")
    return str(refusal.get("message") or refusal.get("error") or refusal)
