"""Check files of subject tokens before google-auth reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import frozen

from .errors import AuthError
from .regular import check_regular


def bounded(credentials: Any) -> Any:
    """Return the same credentials, whose subject token, or that of their source, is read from regular files alone."""
    inner: Any = credentials
    while inner is not None:
        supplier = getattr(inner, "_subject_token_supplier", None)
        path = getattr(supplier, "_path", None)
        if isinstance(path, str) and not isinstance(supplier, _FileSupplier):
            inner._subject_token_supplier = _FileSupplier(supplier, path)
        inner = getattr(inner, "_source_credentials", None)
    return credentials


@frozen
class _FileSupplier:
    """google-auth's supplier of a subject token in a file, behind a check of the file."""

    inner: Any
    _path: str

    def get_subject_token(self, context: Any, request: Any) -> Any:
        """Return the token. Raises AuthError for a file that is not regular, or too large."""
        check_source_file(self._path)
        return self.inner.get_subject_token(context, request)


def check_source_file(path: object, name: str = "credentials") -> None:
    """Raise AuthError for a pipe, a device, a folder or a large file. A missing one may come later."""
    if not isinstance(path, str):
        return
    try:
        check_regular(Path(path))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise AuthError(
            f"{name!r}: credential_source.file is not allowed: {why}",
            hint="Name a regular file that holds the subject token alone.",
        ) from None
