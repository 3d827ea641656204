"""What hands out tokens, on loopback: a token endpoint, an STS, IAM credentials, a metadata server; and an API that
takes no other token than theirs."""

from __future__ import annotations

import base64
import datetime
import json
import ssl
import threading
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from attrs import define, evolve, field, frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from groundwire_runtime.http import Request, Response
from groundwire_runtime.transport import UrllibTransport

GOOGLE = "https://oauth2.googleapis.com/token"
ROBOT = "robot@p.iam.gserviceaccount.com"
TARGET = "target@p.iam.gserviceaccount.com"
NAME = "projects/p/operations/A"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem() -> str:
    pem = rsa_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


@frozen
class Asked:
    """A request that came."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


Reply = tuple[int, Any]
"""A status, and a body: bytes as they are, None for an answer that never comes, else JSON."""


class _Quiet(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no news."""


@define(eq=False)
class TokenServer:
    """Serves until it is left. `secret` is in every token that it hands out."""

    secret: str = "canary-0b51"
    tls: ssl.SSLContext | None = None
    token: Callable[[Asked], Reply] | None = None
    """Instead of the token endpoint's own answers."""
    fault: Callable[[Asked], Reply] | None = None
    """Instead of everything but the API."""
    api: Callable[[Asked], Reply] | None = None
    subject: str = "subject"
    checks_subject: bool = True
    refresh_token: str = "refresh"
    rotates: bool = False
    asked: list[Asked] = field(factory=list)
    granted: dict[str, str] = field(factory=dict)
    """The scope of each token that is good."""
    problems: list[str] = field(factory=list)
    url: str = ""
    _server: Any = None
    _ended: threading.Event = field(factory=threading.Event)
    _lock: threading.Lock = field(factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    @property
    def calls(self) -> list[Asked]:
        """What reached the API."""
        return [each for each in self.asked if each.path.startswith("/v1beta/")]

    def grant(self, scope: str = "") -> str:
        """A new token, as Google's look."""
        token = f"ya29.{self.secret}-{len(self.granted) + 1}"
        self.granted[token] = scope
        return token

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            if asked.path.startswith("/v1beta/"):
                return (self.api or self._api)(asked)
            if self.fault is not None:
                return self.fault(asked)
            if asked.path.startswith("/computeMetadata/"):
                return self._metadata(asked)
            if asked.path.startswith("/latest/"):
                return self._amazon(asked)
            if asked.path.endswith(":generateAccessToken"):
                return self._impersonate(asked)
            routes = {"/token": self.token or self._token, "/v1/token": self._exchange}
            return routes.get(asked.path, self._subject)(asked)

    def _api(self, asked: Asked) -> Reply:
        good = asked.bearer in self.granted
        return (200, {"name": NAME}) if good else (401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})

    def _token(self, asked: Asked) -> Reply:
        form = asked.form
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token or not (
                "client_id" in form or asked.headers.get("authorization", "").startswith("Basic ")
            ):
                return 400, {"error": "invalid_grant", "error_description": form["refresh_token"]}
            if not self.rotates:
                return 200, {"access_token": self.grant(form.get("scope", "")), "expires_in": 3600}
            self.refresh_token += "+"
            grant = {"access_token": self.grant(form.get("scope", "")), "refresh_token": self.refresh_token}
            return 200, {**grant, "expires_in": 3600}
        claims = self._claims(form["assertion"])
        return 200, {"access_token": self.grant(claims.get("scope", "")), "expires_in": 3600}

    def _claims(self, assertion: str) -> Any:
        """The claims of a signed JWT. What is wrong with it goes to `problems`."""
        head, claims, signature = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in assertion.split(".")
        )
        signed = assertion.rpartition(".")[0].encode()
        try:
            rsa_key().public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            self.problems.append("signature")
        found = json.loads(claims)
        wanted = {"aud": found["aud"] == GOOGLE, "iss": found["iss"] == ROBOT}
        wanted |= {
            "alg": json.loads(head)["alg"] == "RS256",
            "exp": 0 < found["exp"] - found["iat"] <= 3600,
        }
        self.problems += [name for name, good in wanted.items() if not good]
        return found

    def _exchange(self, asked: Asked) -> Reply:
        form = asked.form
        if form["grant_type"] != "urn:ietf:params:oauth:grant-type:token-exchange":
            self.problems.append("grant_type")
        if self.checks_subject and form["subject_token"] != self.subject:
            return 400, {"error": "invalid_grant", "error_description": form["subject_token"]}
        return 200, {"access_token": self.grant(form.get("scope", "")), "expires_in": 3600}

    def _impersonate(self, asked: Asked) -> Reply:
        if asked.bearer not in self.granted or TARGET not in asked.path:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": asked.bearer}}
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
        scope = " ".join(json.loads(asked.body)["scope"] or ())
        return 200, {"accessToken": self.grant(scope), "expireTime": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _metadata(self, asked: Asked) -> Reply:
        if asked.headers.get("metadata-flavor") != "Google":
            self.problems.append("metadata-flavor")
        if asked.path.endswith("/token"):
            scopes = asked.query.get("scopes", "").replace(",", " ")
            return 200, {"access_token": self.grant(scopes), "expires_in": 3600, "token_type": "Bearer"}
        if asked.path.endswith("/project-id"):
            return 200, b"p"
        return 200, {"email": ROBOT, "scopes": [], "aliases": ["default"]}

    def _amazon(self, asked: Asked) -> Reply:
        if asked.path == "/latest/api/token":
            return (200, b"session") if asked.verb == "PUT" else (405, b"")
        if asked.headers.get("x-aws-ec2-metadata-token") != "session":
            self.problems.append("session")
        key = {"AccessKeyId": "A", "SecretAccessKey": self.secret, "Token": self.secret}
        role = asked.path.partition("/security-credentials")[2]
        return (200, key) if role == "/role" else (200, b"role" if "iam" in asked.path else b"eu-west-1a")

    def _subject(self, asked: Asked) -> Reply:
        return 200, self.subject.encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10
            wbufsize = 65536  # head and body in one piece

            def serve(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("content-length", 0))
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, query, headers, self.rfile.read(length))
                status, body = server.answer(asked)
                if body is None:
                    server._ended.wait(10)
                    self.close_connection = True
                    return
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                kind = "text/html" if data.startswith(b"<") else "application/json"
                self.send_response(status)
                self.send_header(
                    "content-type", kind if not isinstance(body, bytes) or b"<" in data else "text/plain"
                )
                self.send_header("metadata-flavor", "Google")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = serve  # noqa: N815 - as http.server names them

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@frozen
class Rerouted:
    """Sockets that reach the server where google-auth insists on addresses of Google's, or of a metadata server."""

    sockets: UrllibTransport
    url: str

    def send(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        if parts.hostname == "127.0.0.1":
            return self.sockets.send(request)
        path = parts.path if parts.hostname != "169.254.169.254" else parts.path or "/"
        query = f"?{parts.query}" if parts.query else ""
        return self.sockets.send(evolve(request, url=f"{self.url}{path}{query}"))

    def close(self) -> None:
        self.sockets.close()
