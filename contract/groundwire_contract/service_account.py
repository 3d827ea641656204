"""The key file of a service account that a contract server's token endpoint lets in.

google-auth reads it, and whatever reads files by google-auth: earthengine-api, ee-client, `GOOGLE_APPLICATION_CREDENTIALS`. It
sends signed assertions to `token_uri`, whatever its scheme, so `http` works. The file also has `url` and `project`, which
`earthengine --service_account_file` takes as its settings.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import urlsplit

ACCOUNT: Final = "contract"
_BITS: Final = 2048


def service_account(endpoint: str, project: str) -> dict[str, str]:
    """Return the content of a key file with a new key. Raises ValueError for an invalid endpoint, and ImportError without `cryptography`.

    The key is worth nothing anywhere else.
    """
    base = checked_endpoint(endpoint)
    key = _private_key()
    email = f"{ACCOUNT}@{project}.iam.gserviceaccount.com"
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": hashlib.sha256(key.encode("ascii")).hexdigest()[:40],
        "private_key": key,
        "client_email": email,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": f"{base}/token",
        "universe_domain": "googleapis.com",
        "url": base,
        "project": project,
    }


def checked_endpoint(text: str) -> str:
    """Return the URL of a server without a final slash. Raises ValueError for anything but scheme, host and port."""
    message = f"{text!r} is no address of a server, such as http://127.0.0.1:8085"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(message) from error
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and port != 0
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not plain:
        raise ValueError(message)
    return f"{parts.scheme}://{parts.netloc}"


def _private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode("ascii")
