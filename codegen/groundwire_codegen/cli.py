"""`groundwire-codegen`: generate, generate-all, check, upgrade, vendor, diff, fetch, lint, openapi, models. Exit codes: docs/changes.md."""

from __future__ import annotations

import click

from .commands import check, diff, fetch, generate, generate_all, lint, models, openapi, upgrade, vendor
from .commands.inputs import with_inputs
from .commands.methods import Methods
from .commands.options import with_options
from .commands.problems import reported
from .commands.schema_inputs import with_api


@click.group()
@click.version_option(package_name="groundwire")
def main() -> None:
    """Generate typed clients from Google Discovery and OpenAPI documents."""


main.command("generate", cls=Methods)(with_options(generate.OPTIONS, with_inputs(generate.generate)))
main.command("generate-all")(with_options(generate_all.OPTIONS, reported(generate_all.generate_all)))
main.command("check", cls=Methods)(with_options(check.OPTIONS, with_inputs(check.check)))
main.command("upgrade", cls=Methods)(with_options(upgrade.OPTIONS, with_inputs(upgrade.upgrade)))
main.command("vendor", cls=Methods)(with_options(vendor.OPTIONS, reported(vendor.vendor)))
main.command("diff", cls=Methods)(with_options(diff.OPTIONS, reported(diff.diff)))
main.command("fetch")(with_options(fetch.OPTIONS, reported(fetch.fetch)))
main.command("lint")(with_options(lint.OPTIONS, reported(lint.lint)))
main.command("openapi", cls=Methods)(with_options(openapi.OPTIONS, with_api(openapi.openapi)))
main.command("models", cls=Methods)(with_options(models.OPTIONS, with_api(models.models)))
