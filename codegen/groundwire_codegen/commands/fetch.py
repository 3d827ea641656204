"""`groundwire-codegen fetch`: get a description and write it in its normal form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..log import echo
from .inputs import ROOT

if TYPE_CHECKING:
    from ..fetch.https import Brought

OPTIONS = (
    click.argument("source", metavar="NAME[:VERSION]|URL|FILE"),
    click.argument("version", required=False),
    click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write."),
    click.option("--installed", is_flag=True, help="Take it from an installed google-api-python-client."),
    click.option("--prose/--no-prose", default=False, help="Keep descriptions; without, by default."),
    click.option("--allow-host", multiple=True, metavar="HOST", help="Fetch from this host too."),
    ROOT,
)


def fetch(
    source: str,
    version: str | None,
    *,
    out: Path,
    installed: bool,
    prose: bool,
    allow_host: tuple[str, ...],
    root: Path | None,
) -> int:
    """Bring the description of NAME VERSION, or the one at a URL or in a FILE, and keep it in its normal form.

    An OpenAPI document is kept as it came, with the documents that it refers to in a folder beside it. It and `upgrade` alone reach the network, over https: Google's addresses of descriptions, and hosts of --allow-host.
    Exits with 0 when it is there, changed or not, with 2 when it could not be had; then nothing is written.
    """
    from ..fetch.address import described, host_of, split_id
    from ..fetch.openapi import is_kept
    from ..fetch.sidecar import known, path_of
    from ..fetch.source import brought
    from ..inputs import DOCUMENT_BYTES
    from ..reader import is_openapi
    from ..reference_index import folder_of
    from ..regular import read_bounded
    from ..whole import check_target

    check_target(out)
    check_target(folder_of(out))
    check_target(path_of(out))
    hosts = tuple(host.lower() for host in allow_host)
    if version is None and not Path(source).exists():
        source, version = split_id(source)
    wanted = f"{source}:{version}" if version is not None else ""
    if host_of(source) not in hosts:
        wanted = wanted or described(source)
    here = known(out, prose=prose or (not wanted and is_kept(out)))
    found = brought(source, version, here, hosts, installed=installed, id_=wanted)
    body = read_bounded(out, DOCUMENT_BYTES) if found.body is None else found.body
    if not wanted and is_openapi(body, found.url or source):
        _keep_openapi(found, source, out, hosts, root)
    elif found.body is None:
        echo(f"{out} is unchanged")
    else:
        _keep(found, found.body, out, source, wanted, prose=prose)
    return 0


def _keep_openapi(found: Brought, source: str, out: Path, hosts: tuple[str, ...], root: Path | None) -> None:
    """Write an OpenAPI document as it came, and what it refers to, where any of it is new."""
    from ..fetch.openapi import kit, remove_stale
    from ..reference_index import folder_of
    from ..whole import replaced

    gathered = kit(found, source, out, allow_hosts=hosts, root=root)
    for problem in gathered.absent:
        echo(f"warning: {problem}", err=True)
    changed = gathered.changed
    with replaced(changed) as put:
        put()
    stale = [path for path in gathered.stale if path.exists()]
    remove_stale(gathered.stale)
    count = len([path for path in [*changed, *stale] if path.parent == folder_of(out)])
    if out in changed:
        echo(f"wrote {out}")
    if count:
        echo(f"changed {count} file(s) of {folder_of(out)}")
    if out not in changed and not count:
        echo(f"{out} is unchanged")


def _keep(found: Brought, body: bytes, out: Path, source: str, wanted: str, *, prose: bool) -> None:
    """Write a description in its normal form, and its sidecar, where either is new."""
    from ..fetch.normal import normal
    from ..fetch.sidecar import known, path_of, sidecar
    from ..inputs import DOCUMENT_BYTES
    from ..lock import with_lf
    from ..regular import read_regular
    from ..whole import write_whole

    new = normal(body, found.url or source, prose=prose, id_=wanted)
    old = with_lf(read_regular(out, DOCUMENT_BYTES)) if out.is_file() else None
    if old == new:
        echo(f"{out} is unchanged")
    else:
        write_whole(out, new)
        echo(f"wrote {out}{_note(old, new)}")
    beside = sidecar(found.url, found.etag, new, prose=prose) if found.url else None
    if beside is not None and known(out, prose=prose) != (found.url, found.etag):
        write_whole(path_of(out), beside.text())


def _note(old: bytes | None, new: bytes) -> str:
    """Return the note on a file that was there before."""
    if old is None:
        return ""
    from ..fetch.normal import revision_alone

    try:
        return " (its revision, and nothing else, changed)" if revision_alone(old, new) else ""
    except (ValueError, TypeError, RecursionError):
        return ""
