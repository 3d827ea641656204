"""Rules by which a request breaks an OpenAPI document. The document is the evidence of each."""

from __future__ import annotations

from typing import Final

from .evidence import Evidence, Rule, rule

_SOURCE: Final = "OpenAPI 3.1.1"
_HTTP: Final = "RFC 9110"

OPENAPI_REQUESTS: Final[tuple[Rule, ...]] = tuple(
    rule(f"openapi-{id_}", Evidence.DOCUMENTED, statement, source, enforced=enforced)
    for id_, statement, source, enforced in (
        ("path-unknown", "A path that the document lacks is 404.", _SOURCE, True),
        ("verb-unknown", "A verb that a path lacks is 405, with Allow.", f"{_HTTP}, 15.5.6", True),
        ("credentials-missing", "A method with `security` needs credentials of that kind.", f"{_SOURCE}, 4.8.30", True),
        ("not-acceptable", "Accept must name a media type of the answer.", f"{_HTTP}, 12.5.1", True),
        ("media-type", "A body has one of the media types that the document states.", f"{_HTTP}, 15.5.16", True),
        ("body-malformed", "A body is of its media type.", _SOURCE, True),
        ("body-missing", "A body that is required is there.", f"{_SOURCE}, 4.8.13", True),
        ("body-invalid", "A body is valid by its schema.", f"{_SOURCE}, 4.8.24", True),
        ("name-unknown", "A member that its object does not let in is refused.", f"{_SOURCE}, 4.8.24", True),
        ("parameter-missing", "A parameter that is required is there.", f"{_SOURCE}, 4.8.12", True),
        ("parameter-invalid", "A parameter is valid by its schema.", f"{_SOURCE}, 4.8.12", True),
        ("query-unknown", "A query parameter that the document lacks is refused. Off unless it is enforced, for most services ignore them.", "a choice of this server", False),
        ("payload-too-large", "A body of more than 10 MiB is not read.", "a limit of this server", True),
    )
)  # fmt: skip
OPENAPI_ANSWERS: Final[tuple[Rule, ...]] = tuple(
    rule(f"openapi-{id_}", Evidence.DOCUMENTED, statement, source)
    for id_, statement, source in (
        (
            "answer-invalid",
            "An answer is one that the document describes.",
            f"{_SOURCE}, 4.8.16",
        ),
        (
            "no-answer",
            "A method without an answer of its own is 501: none is invented.",
            "a choice of this server",
        ),
    )
)
