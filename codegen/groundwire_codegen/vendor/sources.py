"""What a copy is made of: an installed client, or one that is generated for it."""

from __future__ import annotations

from pathlib import Path

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, Inputs, package_name, read_input
from ..lock import Lock
from ..pipeline import generate
from .copied import copied, installed
from .order import Order


def ordered(order: Order, folder: Path, before: Lock | None) -> dict[str, str]:
    """The files of the copy that an order asks for, by path. Names that `before` published stay.

    Raises SpecError when a part is not there or cannot be generated, and OSError for a file that cannot be read.
    """
    order.check()
    return copied(_client(order, folder, before), order)


def _client(order: Order, folder: Path, before: Lock | None) -> dict[str, str]:
    if not order.document:
        return installed(order.client)
    document = (folder / order.document).resolve()
    overlay = read_input(folder / order.overlay, OVERLAY_BYTES) if order.overlay else None
    inputs = Inputs(
        name=document.name,
        document=read_input(document, DOCUMENT_BYTES),
        overlay=overlay,
        package=package_name(order.package or None, overlay, folder.resolve().name),
        methods=tuple(order.methods.split()),
    )
    return dict(generate(inputs, before).files)
