"""A stand-in of the media of Cloud Storage and Drive on loopback. It keeps bodies in files, and cuts where it is told."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from .state import PIECE, Sent, Service, Session, Stored

UNIT: Final = 256 * 1024
_UPLOAD: Final = re.compile(r"/upload/(storage/v1/b/[^/]+/o|drive/v3/files(?:/[^/]+)?)", re.ASCII)
_OBJECT: Final = re.compile(r"/storage/v1/b/([^/]+)/o/([^/]+)|/drive/v3/files/([^/]+)(/export)?", re.ASCII)
_LISTING: Final = re.compile(r"/storage/v1/b/([^/]+)/o|/drive/v3/files", re.ASCII)
_COMMENTS: Final = re.compile(r"/drive/v3/files/[^/]+/comments", re.ASCII)
_CONTENT_RANGE: Final = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", re.ASCII)


class CutError(Exception):
    """The connection is to be cut here."""


class Handler(BaseHTTPRequestHandler):
    """Answers requests of the stand-in."""

    protocol_version = "HTTP/1.1"
    service: Service

    def do_GET(self) -> None:
        self._handle(self._get)

    def do_POST(self) -> None:
        self._handle(self._upload)

    def do_PATCH(self) -> None:
        self._handle(self._patch)

    def _patch(self) -> None:
        found = _OBJECT.fullmatch(self.seen.path)
        if found is None:
            self._upload()
            return
        key = found[3] or f"{found[1]}/{found[2]}"
        stored = self.service.patch(key, json.loads(self._body()))
        self._json(stored.resource(is_drive=found[3] is not None))

    def do_DELETE(self) -> None:
        self._handle(self._upload)

    def do_PUT(self) -> None:
        self._handle(self._session)

    def _handle(self, answer: Callable[[], None]) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen = Sent(self.command, unquote(parts.path), tuple(parse_qsl(parts.query)), headers)
        self.query = dict(self.seen.query)
        self.service.sent.append(self.seen)
        fault = self.service.faults.popleft() if self.service.faults else None
        try:
            if fault == 0:
                raise CutError
            if fault is not None:
                self._drain()
                self._json({"error": {"code": fault, "message": "no"}}, fault)
                return
            is_media = self.seen.path.startswith("/upload/") or self.query.get("alt") == "media"
            if self.service.answers_all and not is_media:
                self._drain()
                self._json({})
                return
            answer()
        except (CutError, OSError):
            self.service.cut += 1
            # The end of the connection is no end of a body.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    def _list(self, bucket: str) -> None:
        """Answer with all objects of a bucket, or for "" with all files."""
        self._json({"files" if not bucket else "items": self.service.listed(bucket)})

    def _get(self) -> None:
        listing = _LISTING.fullmatch(self.seen.path)
        if listing is not None:
            self._list(listing[1] or "")
            return
        found = _OBJECT.fullmatch(self.seen.path)
        key = "" if found is None else found[3] or f"{found[1]}/{found[2]}"
        stored = self.service.objects.get(key)
        if stored is None or found is None:
            self._json({"error": {"code": 404, "message": "there is no such object"}}, 404)
        elif self.query.get("alt") == "media":
            self._media(stored)
        else:
            self._json(stored.resource(is_drive=found[3] is not None))

    def _media(self, stored: Stored) -> None:
        size, sums = stored.sums()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        etag = f'"{stored.generation}"'
        if asked and self.service.has_conditions and self.headers.get("if-range", etag) != etag:
            asked = None
        start = int(asked[1]) if asked else 0
        end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        digest = base64.b64encode(sums).decode()
        self.send_response(206 if asked else 200)
        facts = {"content-type": stored.content_type, "content-length": str(end - start)}
        if self.service.names_version:
            facts |= {"etag": etag, "x-goog-generation": str(stored.generation)}
            facts |= {"x-goog-hash": self.service.hash_of(f"md5={digest}")}
        if asked:
            facts["content-range"] = f"bytes {start}-{end - 1}/{size}"
        for name, value in facts.items():
            self.send_header(name, value)
        self.end_headers()
        cut, _ = self._next_cut()
        with stored.file.open("rb") as file:
            file.seek(start)
            stop = end if cut is None else min(end, start + cut)
            left = stop - start
            while left > 0 and (piece := file.read(min(PIECE, left))):
                self.wfile.write(piece)
                left -= len(piece)
        if stop < end:
            # What is on its way arrives.
            self.service.cut += 1
            self.close_connection = True

    def _upload(self) -> None:
        found = _UPLOAD.fullmatch(self.seen.path)
        if _COMMENTS.fullmatch(self.seen.path):
            self._json({"id": "comment-1", **json.loads(self._body())})
            return
        if found is None:
            self._drain()
            self._json({"error": {"code": 404, "message": "there is no such method"}}, 404)
            return
        protocol = self.query.get("uploadType")
        if protocol == "resumable":
            stated = {"name": self.query["name"]} if "name" in self.query else {}
            metadata = {**stated, **json.loads(self._body() or b"{}")}
            name = f"session-{len(self.service.sessions)}-of-many"
            kind = self.headers.get("x-upload-content-type", "")
            self.service.sessions[name] = Session(found[1], metadata, kind, self.service.new_file())
            address = f"{self.service.url}{self.seen.path}?uploadType=resumable&upload_id={name}"
            self._json(None, location=self.service.location(address))
            return
        session = Session(found[1], {}, self.headers.get("content-type", ""), self.service.new_file())
        if protocol == "multipart":
            body = self._body()
            head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
            message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
            json_part, media_part = message.iter_parts()
            session.metadata = json.loads(cast("bytes", json_part.get_payload(decode=True)) or b"{}")
            session.content_type = media_part.get_content_type()
            # The parser reads other line ends: take the bytes as they came.
            boundary = b"--" + (message.get_boundary() or "").encode()
            end = b"\r\n\r\n" if b"\r\n\r\n" in body.split(boundary)[2] else b"\n\n"
            media = body.split(boundary)[2].partition(end)[2].removesuffix(b"\n").removesuffix(b"\r")
            session.file.write_bytes(media)
        else:
            session.file.write_bytes(self._body())
        self._finish(session)

    def _session(self) -> None:
        session = self.service.sessions.get(self.query.get("upload_id", ""))
        if session is None:
            self._drain()
            self._json({"error": {"code": 404, "message": "there is no such session"}}, 404)
            return
        stated = self.headers.get("content-range", "bytes */0")
        found = _CONTENT_RANGE.fullmatch(stated)
        assert found is not None, stated
        if found[1] is not None and not self._take(session, int(found[1])):
            return
        if found[3] != "*" and session.kept == int(found[3]):
            self._finish(session)
            return
        self.send_response(308)
        if session.kept:
            self.send_header("range", f"bytes=0-{session.kept - 1}")
        self.send_header("content-length", "0")
        self.end_headers()

    def _take(self, session: Session, start: int) -> bool:
        """Keep the bytes of a chunk; of one that is cut, all that fill a unit. Return False where it was answered."""
        assert start == session.kept, f"bytes from {start} on, and {session.kept} are kept"
        cut, status = self._next_cut()
        with session.file.open("r+b") as file:
            file.seek(start)
            size = 0
            for piece in self._pieces(cut):
                file.write(piece)
                size += len(piece)
            complete = cut is None or size < cut
            session.kept = start + (size if complete else size // UNIT * UNIT)
            file.truncate(session.kept)
        if not complete and status is None:
            raise CutError
        if not complete and status is not None:
            self._json({"error": {"code": status, "message": "no"}}, status)
            self.close_connection = True
        return complete

    def _finish(self, session: Session) -> None:
        is_drive = session.target.startswith("drive")
        named = session.target.partition("files/")[2] if is_drive else ""
        name = named or session.metadata.get("name") or self.query.get("name", "unnamed")
        bucket = "" if is_drive else f"{session.target.split('/')[3]}/"
        stored = self.service.put(f"{bucket}{name}", session.file, session.content_type)
        stored.metadata = {**session.metadata, "name": name}
        resource = stored.resource(is_drive=is_drive)
        for key in ("md5Hash", "md5Checksum"):
            if key in resource:
                resource[key] = self.service.hash_of(resource[key])
        self._json(resource)

    def _next_cut(self) -> tuple[int | None, int | None]:
        """Return the bytes after which this request is cut, and the status that answers it then."""
        cut = self.service.cuts.popleft() if self.service.cuts else None
        return cut if isinstance(cut, tuple) else (cut, None)

    def _pieces(self, most: int | None = None) -> Iterator[bytes]:
        left = int(self.headers.get("content-length", "0"))
        if most is not None:
            left = min(left, most)
        while left > 0:
            piece = self.rfile.read(min(PIECE, left))
            if not piece:
                raise CutError
            left -= len(piece)
            yield piece

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            self.seen.body = body
            return body
        self.seen.body = b"".join(self._pieces())
        return self.seen.body

    def _drain(self) -> None:
        for _ in self._pieces():
            pass

    def _json(self, value: object, status: int = 200, **headers: str) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {**headers, "content-type": "application/json"}.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Service]:
    """Run a stand-in."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        handler = type("Bound", (Handler,), {"service": service})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
