from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from groundwire_runtime import errors
from groundwire_runtime.errors import ApiError
from groundwire_runtime.google_errors import api_error
from groundwire_runtime.http import Response

from ..contract.vectors import needed, rows
from .doubles import answer, refusal

TYPE = "type.googleapis.com/google.rpc."


def made(response: Response, now: float = 0.0) -> ApiError:
    return api_error(response, method_id="shop.books.get", attempts=3, now=now)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("INVALID_ARGUMENT", errors.InvalidArgument),
        ("FAILED_PRECONDITION", errors.FailedPrecondition),
        ("OUT_OF_RANGE", errors.OutOfRange),
        ("UNAUTHENTICATED", errors.Unauthenticated),
        ("PERMISSION_DENIED", errors.PermissionDenied),
        ("NOT_FOUND", errors.NotFound),
        ("ALREADY_EXISTS", errors.AlreadyExists),
        ("ABORTED", errors.Aborted),
        ("RESOURCE_EXHAUSTED", errors.ResourceExhausted),
        ("CANCELLED", errors.Cancelled),
        ("INTERNAL", errors.Internal),
        ("UNIMPLEMENTED", errors.Unimplemented),
        ("UNAVAILABLE", errors.Unavailable),
        ("DEADLINE_EXCEEDED", errors.DeadlineExceeded),
        ("UNKNOWN", ApiError),
        ("DATA_LOSS", ApiError),
        ("OF_TOMORROW", ApiError),
    ],
)
def test_each_code_has_its_class(status: str, kind: type[ApiError]) -> None:
    error = made(refusal(418, status))
    assert (type(error), error.status, error.http_status) == (kind, status, 418)


@pytest.mark.parametrize(
    ("http", "kind"),
    [
        (400, errors.InvalidArgument),
        (401, errors.Unauthenticated),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (408, errors.DeadlineExceeded),
        (409, errors.Aborted),
        (410, errors.NotFound),
        (429, errors.ResourceExhausted),
        (500, errors.Internal),
        (501, errors.Unimplemented),
        (502, errors.Unavailable),
        (503, errors.Unavailable),
        (504, errors.DeadlineExceeded),
        *[(unknown, errors.InvalidArgument) for unknown in (402, 413, 418, 451, 460)],
        *[(unknown, errors.Internal) for unknown in (505, 511, 520, 530, 599)],
        *[(elsewhere, ApiError) for elsewhere in (103, 301, 307, 600, 999)],
    ],
)
@pytest.mark.parametrize("body", [b"", b"<p>no", b'{"error":{"code":1,"message":"no"}}'])
def test_the_http_status_stands_in_for_a_missing_code(http: int, kind: type[ApiError], body: bytes) -> None:
    error = made(answer(body, http))
    assert type(error) is kind
    assert (error.status == "") == (kind is ApiError)
    assert (error.reason, error.domain) == ("", "")


def test_all_that_the_service_told_is_kept() -> None:
    details = [
        {"@type": TYPE + "ErrorInfo", "reason": "TOO_MANY", "domain": "shop.test", "metadata": {"a": "b"}},
        {"@type": TYPE + "RetryInfo", "retryDelay": "2.5s"},
        {"@type": TYPE + "QuotaFailure", "violations": [{"subject": "s"}]},
        {"@type": "type.test/of.Tomorrow", "x": [1]},
        {"@type": TYPE + "Help"},
    ]
    body = {
        "error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": details}
    }
    error = made(answer(body, 429, x_goog_request_id="r-1"))
    assert isinstance(error, errors.ResourceExhausted)
    assert (error.message, error.reason, error.domain) == ("slow down", "TOO_MANY", "shop.test")
    assert error.details == tuple(details)
    assert (error.retry_after, error.server_request_id) == (2.5, "r-1")
    assert (error.method_id, error.attempts) == ("shop.books.get", 3)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))


def test_an_old_style_error_gives_reason_and_domain_too() -> None:
    errors_: list[Any] = [{"domain": "usageLimits", "reason": "rateLimitExceeded", "message": "slow down"}]
    error = made(answer({"error": {"code": 403, "message": "slow down", "errors": errors_}}, 403))
    assert (error.reason, error.domain, error.status) == (
        "rateLimitExceeded",
        "usageLimits",
        "PERMISSION_DENIED",
    )


RETRY = {"@type": TYPE + "RetryInfo", "retryDelay": "7s"}
LIMIT = {"domain": "usageLimits", "reason": "userRateLimitExceeded", "message": "User Rate Limit Exceeded"}
INFO = {"@type": TYPE + "ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"}


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"errors": [{**LIMIT, "reason": "rateLimitExceeded"}]}, "rateLimitExceeded"),
        ({"errors": [LIMIT]}, "userRateLimitExceeded"),
        ({"errors": [{"reason": "forbidden"}, LIMIT]}, "userRateLimitExceeded"),
        ({"details": [INFO]}, "RATE_LIMIT_EXCEEDED"),
        ({"details": [RETRY], "errors": [LIMIT]}, "userRateLimitExceeded"),
        ({"details": [], "errors": [LIMIT], "status": "PERMISSION_DENIED"}, "userRateLimitExceeded"),
    ],
)
@pytest.mark.parametrize("shape", [lambda body: body, lambda body: [body]])
def test_a_rate_limit_sent_as_403_is_one(details: dict[str, Any], reason: str, shape: Any) -> None:
    error = made(answer(shape({"error": {"code": 403, "message": "slow down", **details}}), 403))
    assert type(error) is errors.ResourceExhausted
    assert (error.http_status, error.status, error.reason) == (403, "PERMISSION_DENIED", reason)
    assert "Send less" in error.hint
    assert error.proves_no_effect


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded", "forbidden", ""])
def test_another_403_is_a_refusal(reason: str) -> None:
    error = made(answer({"error": {"message": "no", "errors": [{"reason": reason}]}}, 403))
    assert (type(error), error.reason) == (errors.PermissionDenied, reason)


SLOW = {"code": 429, "message": "Try later.", "status": "RESOURCE_EXHAUSTED", "details": [RETRY]}


@pytest.mark.parametrize(
    "body",
    [
        {"error": SLOW},
        [{"error": SLOW}],
        [{"name": "a"}, {"error": SLOW}],
        [7, {"error": SLOW}, {"error": {"message": "another"}}],
        {"error": [SLOW]},
        SLOW,
        [SLOW],
    ],
)
def test_an_error_in_a_list_or_bare_keeps_all_that_it_says(body: object) -> None:
    error = made(answer(body, 400))
    assert type(error) is errors.ResourceExhausted
    assert (error.message, error.retry_after, error.details) == ("Try later.", 7.0, (RETRY,))


@pytest.mark.parametrize(
    ("body", "message", "reason", "details"),
    [
        (
            {"error": "invalid_grant", "error_description": "Token has been revoked."},
            "invalid_grant: Token has been revoked.",
            "invalid_grant",
            0,
        ),
        # STAC, openEO and OGC APIs.
        ({"code": "NotFoundError", "description": "no hut x"}, "no hut x", "", 0),
        ([{"error": "invalid_scope", "error_description": "no"}], "invalid_scope: no", "invalid_scope", 0),
        ({"error": "gone fishing"}, "gone fishing", "", 0),
        ({"error": "Not Found", "message": "no such shelf", "status": 404}, "no such shelf", "", 0),
        ({"message": "Jwt is missing", "code": 401}, "Jwt is missing", "", 0),
        (
            {"type": "https://shop.test/low", "title": "Too low", "detail": "It is 3.", "status": 400},
            "Too low: It is 3.",
            "",
            0,
        ),
        ({"title": "Too low"}, "Too low", "", 0),
        ({"status": "error", "message": "low"}, "low", "", 0),
        ({"error": True, "message": "low"}, "low", "", 0),
        ({"error": {}, "message": "low"}, "low", "", 0),
        ({"error": None, "errors": [{"message": "low"}]}, "low", "", 1),
        ({"detail": "It is 3."}, "It is 3.", "", 0),
        ({"errors": [{"title": "Low", "detail": "3"}, {"title": "b"}]}, "Low: 3", "", 2),
        ({"errors": [{"message": "low", "reason": "invalid", "domain": "global"}]}, "low", "invalid", 1),
        ({"errors": ["too low", "too high"]}, "too low", "", 2),
        (
            {"error": {"errors": [{"message": "low", "reason": "required"}], "code": 400}},
            "low",
            "required",
            1,
        ),
        ({"error": {"message": "low", "details": {"a": 1}}}, "low", "", 1),
    ],
)
def test_what_an_error_of_another_shape_says_is_kept(
    body: object, message: str, reason: str, details: int
) -> None:
    error = made(answer(body, 400))
    assert type(error) is errors.InvalidArgument
    assert (error.message, error.reason, len(error.details)) == (message, reason, details)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        # Another item than the first has it.
        ({"errors": [{"reason": "required"}, {"message": "low"}]}, "low"),
        ({"errors": [7, {"code": 1}, "low"]}, "low"),
        ([{"name": "a"}, {"message": "low"}], "low"),
        ([{"error": {}}, {"error": {"message": "low"}}], "low"),
        ({"error": [{"code": 1}, {"message": "low"}]}, "low"),
        # Messages that are objects or lists.
        ({"error": {"message": {"text": "low"}}}, "low"),
        ({"error": {"message": ["low", "lower"]}}, "low"),
        ({"message": {"size": ["low"]}}, "size: low"),
        ({"message": [{"constraints": {}}, {"message": "low"}]}, "low"),
        # Wrapped once more.
        ({"error": {"error": {"message": "low", "code": 400}}}, "low"),
        ({"error": {"error": "low"}}, "low"),
        ({"error": {"error": {"errors": [{"message": "low"}]}}}, "low"),
        # `errors` that is no list.
        ({"errors": "low"}, "low"),
        ({"errors": {"size": ["low", "odd"], "name": ["long"]}}, "size: low"),
        ({"errors": {"message": "low"}}, "low"),
        # Other names.
        ({"detail": [{"loc": ["body", "size"], "msg": "low", "type": "value_error"}]}, "low"),
        ({"detail": {"message": "low"}}, "low"),
        ({"error_message": "low", "status": "REQUEST_DENIED"}, "low"),
        ({"errorMessage": "low", "errorType": "E"}, "low"),
        ({"error": {"msg": "low"}}, "low"),
        # A message for users alone (AIP-193).
        (
            {"error": {"details": [{"@type": TYPE + "LocalizedMessage", "locale": "en", "message": "low"}]}},
            "low",
        ),
        (
            {"error": {"message": "low", "details": [{"@type": TYPE + "LocalizedMessage", "message": "l"}]}},
            "low",
        ),
        # Blank messages are none.
        ({"error": {"message": " \n", "errors": [{"message": "low"}]}}, "low"),
        ({"title": "low", "message": ""}, "low"),
        ({"error": " ", "message": "low"}, "low"),
        # Signs of markup belong to the message.
        ({"error": {"message": "<W>"}}, "<W>"),
        ("<W>", "<W>"),
        (b"expected <int>, got <str>", "expected <int>, got <str>"),
        (b'{"message": "<W>"', '{"message": "<W>"'),
        (b"<W>", "<W>"),
    ],
)
def test_a_message_is_found_wherever_it_is(body: object, message: str) -> None:
    error = made(answer(body, 400))
    assert (error.message, type(error)) == (message, errors.InvalidArgument)


def test_a_body_of_blank_messages_is_not_searched_for_ever() -> None:
    blank = {"detail": [{"detail": [{"msg": " "}] * 100}] * 100}
    body = {"detail": [blank, {"msg": "low"}]}
    assert "low" not in made(answer(body, 400)).message[:3]
    assert made(answer({"detail": [{"detail": [{"msg": " "}] * 100}, {"msg": "low"}]}, 400)).message == "low"


WRAPPED = {"code": 429, "message": "low", "status": "RESOURCE_EXHAUSTED", "details": [RETRY]}


@pytest.mark.parametrize("body", [{"error": {"error": WRAPPED}}, [{}, {"error": [{"error": WRAPPED}]}]])
def test_a_wrapped_error_keeps_all_that_it_says(body: object) -> None:
    error = made(answer(body, 400))
    assert type(error) is errors.ResourceExhausted
    assert (error.message, error.retry_after, error.details) == ("low", 7.0, (RETRY,))


def test_the_parts_of_a_detail_are_kept() -> None:
    parts = [{"loc": ["body", "size"], "msg": "low"}, {"loc": ["body"], "msg": "odd"}]
    assert made(answer({"detail": parts}, 422)).details == tuple(parts)


SAID = b'{"error": {"code": 400, "message": "low", "status": "OUT_OF_RANGE"}}'


@pytest.mark.parametrize(
    "body",
    [
        SAID + b"\x00",
        SAID + b"\n\x00\x00 ",
        SAID + b"</html>",
        SAID + SAID,
        b")]}'\n" + SAID,
        b")]}',\n\n" + SAID,
        b"while(1);" + SAID,
        b"\xef\xbb\xbf" + SAID,
        SAID.decode().encode("utf-16"),
        SAID.replace(b'"code": 400', b'"code": ' + b"9" * 5_000),
        SAID.replace(b'"code": 400', b'"note": "Gr\xf6\xdfe"'),
    ],
)
def test_what_strict_json_would_refuse_keeps_what_it_says(body: bytes) -> None:
    error = made(answer(body, 400))
    assert (type(error), error.message) == (errors.OutOfRange, "low")


@pytest.mark.parametrize(
    ("body", "start"),
    [
        (b'{"error": {"message": "low", "details": ' + b"[" * 100_000, '{"error": {"message": "low", '),
        (b'{"error": {"message": "low"', '{"error": {"message": "low"'),
        (b'["low"] is what was sent', '["low"] is what was sent'),
        (b"'low' <b>and</b> odd", "'low' <b>and</b> odd"),
        (b'{"error": {"message": "  "}}', '{"error": {"message": " "}}'),
        (b"9" * 5_000, "999"),
        (b'{"errors": {"size": {}}, "code": 1}', '{"errors": {"size": {}}, "code": 1}'),
    ],
)
def test_the_start_of_a_body_that_says_nothing_else_is_shown(body: bytes, start: str) -> None:
    message = made(answer(body, 400)).message
    assert message.startswith(start)
    assert len(message) <= 200


def test_a_text_that_looks_like_a_page_and_is_none_is_kept() -> None:
    assert made(answer(b"<W> is low", 400, content_type="text/plain")).message == "<W> is low"
    assert made(answer(b"so <b>low</b>", 400, content_type="text/html; charset=utf-8")).message == "so low"


def test_a_lone_surrogate_does_not_break_the_text_of_an_error() -> None:
    body = rb'{"error": {"code": 400, "message": "low \ud800", "status": "ODD\udfff"}}'
    error = made(answer(body, 400))
    assert str(error).encode().startswith(rb"400 ODD\udfff: low \ud800")
    assert error.message.encode() == rb"low \ud800"


@pytest.mark.parametrize("levels", [1, 20, 900])
@pytest.mark.parametrize("member", ["error", "message", "errors", "detail", "details"])
def test_a_body_of_many_levels_ends_in_an_error(member: str, levels: int) -> None:
    body = (f'{{"{member}": ' * levels + '"low"' + "}" * levels).encode()
    error = made(answer(body, 400))
    assert error.message.startswith(("low", '{"'))


def test_the_styles_and_scripts_of_a_page_are_no_text() -> None:
    page = b"<title>Error 404</title><STYLE>*{margin:0}\n</style><script x>a<b</script><p>Not found.</p>"
    assert made(answer(page, 404)).message == "Error 404 Not found."


def test_a_detail_of_another_kind_gives_no_reason() -> None:
    details = [{"@type": TYPE + "Help", "reason": "x", "domain": "y"}]
    error = made(answer({"error": {"code": 403, "message": "no", "details": details}}, 403))
    assert (error.reason, error.domain) == ("", "")


@pytest.mark.parametrize(
    ("delay", "header", "seconds"),
    [
        ("3s", None, 3.0),
        ("0.25s", None, 0.25),
        ("3s", "7", 7.0),
        ("-3s", None, None),
        ("3", None, None),
        (3, None, None),
        ("999999999999s", None, None),
        (None, "x", None),
        ("3s", "x", 3.0),
        (None, "Thu, 01 Jan 1970 00:00:30 GMT", 20.0),
    ],
)
def test_a_delay_comes_from_the_header_or_else_from_retry_info(
    delay: Any, header: str | None, seconds: float | None
) -> None:
    details = [{"@type": TYPE + "RetryInfo", "retryDelay": delay}]
    headers = {} if header is None else {"retry_after": header}
    error = made(answer({"error": {"code": 503, "details": details}}, 503, **headers), now=10.0)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no message"),
        (b"  \n ", "no message"),
        (b"<html><h1>Bad   gateway</h1>\n<p>later</p></html>", "Bad gateway later"),
        (b'"gone fishing"', "gone fishing"),
        (b'["gone", "fishing"]', "gone"),
        (b'{"error": "invalid_grant"}', "invalid_grant"),
        (b'{"error": ["x"]}', "x"),
        (b'{"error": {"message": 7}}', "7"),
        (b'{"error": {"message": "", "status": 5, "details": 3}}', "message"),
        (b"null", "null"),
        (b"\xff\xfe\x00", "\ufffd"),
        (b"[" * 200_000, "["),
        (b"9" * 10_000, "999"),
    ],
)
def test_any_body_becomes_an_error_with_an_excerpt(body: bytes, message: str) -> None:
    error = made(answer(body, 502))
    assert message in error.message
    assert len(error.message) <= 200
    assert (type(error), error.http_status, error.details) == (errors.Unavailable, 502, ())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no message"),
        (b'{"error": "invalid_grant"}', "invalid_grant"),
        (b"a" * 200, "a" * 200),
        (b"a" * 201, "a" * 197 + "..."),
        (b"a" * 5_000, "a" * 197 + "..."),
    ],
)
def test_what_was_said_is_the_message_and_a_long_body_is_cut_with_three_dots(
    body: bytes, message: str
) -> None:
    assert made(answer(body, 502)).message == message


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://elsewhere.test/secret?token=secret#secret", " to elsewhere.test,"),
        ("https://secret:secret@elsewhere.test/", " to elsewhere.test,"),
        ("https://[::1/secret", ""),
        ("/secret", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("http", [301, 302, 303, 307, 308])
def test_a_redirect_shows_the_host_alone(http: int, location: str, host: str) -> None:
    error = made(answer(b"", http, location=location))
    assert error.message == f"redirected{host or ','} which is not followed"
    assert "secret" not in f"{error}{vars(error)}"


def test_a_redirect_to_nowhere_is_one_too() -> None:
    assert made(answer(b"", 302)).message == "redirected, which is not followed"


@pytest.mark.parametrize(
    ("http", "reason", "message", "hint"),
    [
        (403, "SERVICE_DISABLED", "off", "Enable the API"),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "no", "scopes="),
        (403, "USER_PROJECT_DENIED", "no", "serviceUsageConsumer"),
        (403, "CONSUMER_INVALID", "no", "project's id"),
        (403, "", "The API requires a quota project, which is not set", "quota_project"),
        (403, "", "Project p is not registered to use it", "Grant the caller a role that"),
        (403, "", "Request had insufficient authentication scopes.", "scopes="),
        (403, "", "Permission 'shop.books.sell' denied on x", "shop.books.sell"),
        (401, "", "no", "Sign in"),
        (404, "", "Permission 'shop.books.sell' denied on x", "Check the name"),
        (403, "", "no", "Grant the caller a role"),
        (418, "", "no", "Correct what the message names"),
        (500, "", "no", "Call again later"),
        (503, "", "no", "Call again later"),
        (307, "", "no", "endpoint="),
        (600, "", "no", "report it"),
    ],
)
def test_a_hint_says_what_to_do(http: int, reason: str, message: str, hint: str) -> None:
    details = [{"@type": TYPE + "ErrorInfo", "reason": reason}]
    error = made(answer({"error": {"code": http, "message": message, "details": details}}, http))
    assert hint in error.hint
    assert not reason or error.hint in str(error)


@needed
@pytest.mark.parametrize("row", rows("wire/error_bodies.json"), ids=lambda row: str(row["id"]))
def test_a_recorded_body_keeps_code_status_and_message(row: dict[str, Any]) -> None:
    said = row["body"]["error"]
    error = made(Response(status=row["http"], body=json.dumps(row["body"]).encode()))
    assert (error.http_status, error.status, error.message) == (row["http"], said["status"], said["message"])
    assert error.details == tuple(said.get("details", ()))
    assert type(error) is not ApiError
