"""What a copy is made of: an installed client, or one that is generated for it."""

from __future__ import annotations

from pathlib import Path

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, Inputs, package_name, read_input
from ..lock import FILE as LOCK
from ..lock import Lock, read_lock
from ..pipeline import generate
from .copied import copied, installed
from .description import description, shipped
from .order import Order


def ordered(order: Order, folder: Path, before: Lock | None) -> dict[str, str]:
    """The files of the copy that an order asks for, by path. Names that `before` published stay.

    Raises SpecError when a part is not there or cannot be generated, and OSError for a file that cannot be read.
    """
    order.check()
    if not order.document:
        client = installed(order.client)
        made_from = shipped(read_lock(client[LOCK]), order.client)
    else:
        made_from = _inputs(order, folder)
        client = dict(generate(made_from, before).files)
    return copied(client, order, "" if made_from is None else description(made_from))


def _inputs(order: Order, folder: Path) -> Inputs:
    document = (folder / order.document).resolve()
    overlay = read_input((folder / order.overlay).resolve(), OVERLAY_BYTES) if order.overlay else None
    return Inputs(
        name=document.name,
        document=read_input(document, DOCUMENT_BYTES),
        overlay=overlay,
        package=package_name(order.package or None, overlay, folder.resolve().name),
        methods=tuple(order.methods.split()),
    )
