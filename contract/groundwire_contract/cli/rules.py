"""`groundwire-contract rules`: list the rules with their evidence."""

from __future__ import annotations

import click


@click.command()
def rules() -> None:
    """List the rules with their evidence: V seen, V* seen elsewhere, D documented, C sent, I inferred.

    Rules marked `off` are enforced only with `serve --enforce`, and those marked `fixed` cannot be relaxed.
    """
    from ..rules.fixed import FIXED
    from ..rules.registry import RULES

    for rule in RULES.values():
        click.echo(
            f"{rule.evidence.value:<2} {rule.id:<24} {rule.statement}"
            + ("" if rule.enforced else " (off)")
            + (f" (fixed: {FIXED[rule.id]})" if rule.id in FIXED else "")
            + (f" [{rule.source}]" if rule.source else "")
        )
