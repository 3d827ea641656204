"""Options that declare what a server knows: assets, buckets and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .documents import fail

if TYPE_CHECKING:
    from ..assets.record import Asset
    from ..given import Given
    from ..service import Service

Command = TypeVar("Command", bound=Callable[..., Any])


def declarations(command: Command) -> Command:
    """Add `--asset`, `--assets`, `--unwritable-bucket` and `--answers` to a command."""
    options = (
        click.option("--asset", multiple=True, metavar="NAME", help="An asset that exists. Repeatable."),
        click.option(
            "--assets",
            multiple=True,
            type=click.Path(path_type=Path),
            help="JSON: assets that exist, as listAssets answers them. Repeatable.",
        ),
        click.option(
            "--unwritable-bucket",
            multiple=True,
            metavar="NAME",
            help="A bucket that refuses exports. Repeatable.",
        ),
        click.option(
            "--answers",
            multiple=True,
            type=click.Path(path_type=Path),
            help="TOML or JSON: what methods answer, by method id, with value, text, status, content_type and "
            "headers. Repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def declared_assets(files: tuple[Path, ...]) -> tuple[Asset, ...]:
    """Return the assets that files declare; exit with code 2 if they cannot be read."""
    from ..assets.asset_file import read_asset_file
    from ..assets.asset_json import AssetError

    try:
        return tuple(asset for file in files for asset in read_asset_file(file))
    except AssetError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}")


def answer_as_declared(service: Service, files: tuple[Path, ...]) -> None:
    """Let methods of a service answer what files say; exit with code 2 if they cannot."""
    from ..answer_file import read_answer_file
    from ..given import AnswerError

    try:
        for file in files:
            _answer(service, file, read_answer_file(file))
    except AnswerError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}")


def _answer(service: Service, file: Path, answers: Mapping[str, Given]) -> None:
    from ..given import AnswerError
    from ..rest.contract import method_named

    for name, given in answers.items():
        try:
            method = method_named(service.contract.api.methods, name)
            service.check_answer(method, given)
        except (LookupError, AnswerError) as error:
            fail(f"{file}: {error.args[0]}")
        service.overrides.answer_usually(name, given)
