"""The ids of the rules: tests and command lines name them, so that one which is published stays."""

from __future__ import annotations

from groundwire_contract.operations.script_library import NAMED
from groundwire_contract.rules.refusals import catalogue
from groundwire_contract.rules.registry import BLAMED, OFF, RULES

PUBLISHED = {
    "V*": """
        consumer-suspended credentials-missing enum-unknown invalid-value list-on-singular
        answer-media-type malformed-json oneof-conflict policy-etag root-not-object unauthenticated unavailable
        unknown-parameter unknown-path upload-type
    """,
    "V": """
        answer-type operation-state asset-copy-type asset-exists asset-id-missing asset-not-empty asset-not-found
        asset-not-loaded asset-overwrite
        asset-permission attempts band-types-differ bucket-unwritable
        computation-timed-out crs-unknown description-invalid drive-space expression-error failure-code internal
        internal-error memory-limit missing-fields not-signed-up object-on-scalar odd-times
        payload-too-large project-not-registered queue-full queue-full-burns-id rate-quota
        reprojection-too-large request-id-reused scope-insufficient service-disabled stall
        too-many-pixels unknown-field unstarted user-project-denied
    """,
    "C": "config-field-fixed operation-kind",
    "I": """
        asset-parent-missing band-type-unsupported control duplicate-key filter-unsupported head-too-large
        host-not-allowed
        iam-permission-denied list-on-map
        media-type message-too-deep null-element operation-not-found page-size-invalid
        medium-none page-token-invalid state-unwritable unbounded-image
    """,
    "D": """
        algorithms-missing answer-name answer-value operation-error operation-name operation-result answer-given answer-wrong
        asset-field-fixed asset-type-unsupported batch-call batch-malformed batch-too-large bounds cancelled-code cross-user-list delete-forgets error-shape
        features-undeclared not-simulated
        openapi-answer-invalid openapi-body-invalid openapi-body-malformed openapi-body-missing
        openapi-credentials-missing openapi-media-type openapi-name-unknown openapi-no-answer openapi-not-acceptable
        openapi-parameter-invalid openapi-parameter-missing openapi-path-unknown
        openapi-payload-too-large openapi-query-unknown openapi-verb-unknown medium-unanswered upload-checksum
        upload-media-type upload-parts upload-range upload-session-unknown upload-size
        value-too-large value-unsupported
    """,
}
"""Every rule by its mark: the ids that `--relax`, `--enforce` and `--answer` take."""


def test_every_rule_has_its_published_id_and_mark() -> None:
    published = {id_: mark for mark, ids in PUBLISHED.items() for id_ in ids.split()}
    assert {rule.id: rule.evidence.value for rule in RULES.values()} == published
    assert all(id_ == rule.id for id_, rule in RULES.items())
    assert {
        "asset-parent-missing",
        "band-type-unsupported",
        "unbounded-image",
        "openapi-query-unknown",
    } == OFF


def test_every_refusal_and_failure_names_a_rule() -> None:
    assert catalogue("p").keys() <= RULES.keys()
    assert {refusal.rule for refusal in catalogue("p").values()} == catalogue("p").keys()
    assert {script.rule for script in NAMED.values() if script.failure} <= RULES.keys()


def test_ready_made_scripts_have_their_published_names() -> None:
    assert set(NAMED) == {
        *("standard", "instant", "stall", "retried", "sparse", "odd-times"),
        *("drive-quota", "reprojection", "timed-out", "out-of-memory", "internal"),
    }


def test_a_request_is_blamed_by_the_rules_about_what_it_says() -> None:
    assert {"credentials-missing", "unknown-field", "duplicate-key", "media-type", "not-simulated"} <= BLAMED
    assert not BLAMED & {
        "request-id-reused",
        "queue-full",
        "unauthenticated",
        "odd-times",
        "service-disabled",
    }
