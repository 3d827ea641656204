"""`groundwire-codegen fetch`: bring a description, in its normal form."""

from __future__ import annotations

from pathlib import Path

import click

OPTIONS = (
    click.argument("source", metavar="NAME|URL|FILE"),
    click.argument("version", required=False),
    click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write."),
    click.option("--installed", is_flag=True, help="Take it from an installed google-api-python-client."),
    click.option("--prose/--no-prose", default=False, help="Keep descriptions; without, by default."),
    click.option("--allow-host", multiple=True, metavar="HOST", help="Fetch from this host too."),
)


def fetch(
    source: str,
    version: str | None,
    *,
    out: Path,
    installed: bool,
    prose: bool,
    allow_host: tuple[str, ...],
) -> int:
    """Bring the description of NAME VERSION, or the one at a URL or in a FILE, and keep it in its normal form.

    The only command that reaches the network: https, googleapis.com and its subdomains unless --allow-host.
    Exits with 0 when it is there, changed or not, with 2 when it could not be had; then nothing is written.
    """
    from ..fetch.sidecar import known, path_of, sidecar
    from ..whole import write_whole

    hosts = tuple(host.lower() for host in allow_host)
    url, data, etag = _brought(source, version, known(out, prose=prose), hosts, installed=installed)
    if data is None:
        click.echo(f"{out} is unchanged")
        return 0
    from ..fetch.normal import normal

    wanted = f"{source}:{version}" if version is not None else ""
    new = normal(data, url or source, prose=prose, id_=wanted)
    old = out.read_bytes() if out.is_file() else None
    if old == new:
        click.echo(f"{out} is unchanged")
    else:
        write_whole(out, new)
        click.echo(f"wrote {out}{_note(old, new)}")
    beside = sidecar(url, etag, new, prose=prose) if url else None
    if beside is not None and known(out, prose=prose) != (url, etag):
        write_whole(path_of(out), beside.text())
    return 0


def _brought(
    source: str, version: str | None, known: tuple[str, str], hosts: tuple[str, ...], *, installed: bool
) -> tuple[str, bytes | None, str]:
    """The address, the bytes (None for those that are here) and the ETag of what was asked for."""
    from ..inputs import DOCUMENT_BYTES, read_input
    from ..problem import Problem, SpecError

    if installed:
        if version is None:
            raise SpecError([Problem("options", "", "--installed needs NAME and VERSION")])
        from ..fetch.installed import installed as shipped

        return "", shipped(source, version), ""
    if version is None and "://" not in source:
        return "", read_input(Path(source), DOCUMENT_BYTES), ""
    from ..fetch.address import addresses_of
    from ..fetch.https import bring

    urls = (source,) if version is None else addresses_of(source, version)
    found = bring(urls, known=known, allow_hosts=hosts)
    return found.url, found.body, found.etag


def _note(old: bytes | None, new: bytes) -> str:
    """What to say of a file that was there before."""
    if old is None:
        return ""
    from ..fetch.normal import revision_alone

    try:
        return " (its revision, and nothing else, changed)" if revision_alone(old, new) else ""
    except (ValueError, TypeError, RecursionError):
        return ""
