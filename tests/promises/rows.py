"""What the runtime promises: behaviours, each with the figure to hold."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Row:
    """One promise."""

    behaviour: str
    figure: str


ROWS: Final[dict[int, Row]] = {
    1: Row("full-jitter backoff, base 1 s, doubled, at most 60 s", "every delay in [0, min(60, 2^n)], spread evenly"),
    2: Row("one deadline over all attempts", "503 for ever, deadline 2 s: ends by 2.1 s, early when the next wait cannot fit"),
    3: Row("deadline inside head and body, plain and TLS", "ends by deadline + 100 ms"),
    4: Row("Retry-After in seconds", "waits v to v + 10 %"),
    5: Row("Retry-After as a date (IMF, RFC 850, asctime)", "the same instant, +-1 s"),
    6: Row("Retry-After past the deadline", "error within 50 ms, the value on it"),
    7: Row("only safe calls are made again (as the overlay states; else idempotent verb, or request id)", "0 wrong retries"),
    8: Row("request id made once, kept over retries", "1 id, N sends, 1 task on the server, or OutcomeUnknown"),
    9: Row("400, 403, 404, 409, 412 are never retried", "0 retries"),
    10: Row("reset before the answer, safe call", "success in 3 attempts or fewer"),
    11: Row("reset inside the answer, safe call", "cut at every byte of 200: 200 of 200 end in success or a typed error"),
    12: Row("a JSON body cut off is found, however it is framed", "always"),
    13: Row("gzip bomb bounded", "typed error, memory grows by less than 2 x the limit"),
    14: Row("size of an answer limited", "refused before it is read"),
    15: Row("connect, read and total timeouts", "each +-100 ms"),
    16: Row("one refresh on 401", "1 refresh, 2 sends, then AuthError"),
    17: Row("threads share one refresh", "64 threads, 1 refresh"),
    18: Row("a token goes to no other host", "0 bytes: redirects, operation names, page tokens, endpoints"),
    19: Row("a body goes to no other host", "0 bytes"),
    20: Row("no secret in a log, repr, traceback or pickle", "0 hits of a canary, every logger at DEBUG over the whole suite"),
    21: Row("thread safety", "64 threads x 1,000 calls, 0 mixed answers"),
    22: Row("fork safety", "fork with a warm pool, both sides call: 0 mixed answers"),
    23: Row("sockets limited", "64 threads, limit 10: at most 10 sockets at the server"),
    24: Row("proxies of the environment, NO_PROXY", "honoured"),
    25: Row("client certificates (mTLS)", "handshake, or a typed error"),
    26: Row("`x-goog-user-project`", "argument > environment > credentials"),
    27: Row("`user-agent`, `x-goog-api-client`", "on every request, as `name/version`"),
    28: Row("header injection", "0 bytes sent"),
    29: Row("`..`, `?`, `#`, `%2F` in names", "percent-encoded or refused before anything is sent"),
    30: Row("more than 100 headers, a line of 64 KB, a garbage status line", "typed error, 1 send"),
    31: Row("operation polling", "exact sequence under a fake clock"),
    32: Row("operation of the wrong shape", "typed error each"),
    33: Row("page token that repeats", "stops after one repeat"),
    34: Row("errors keep code, reason, domain, details, request id", "all kept; HTML, list and empty bodies too"),
    35: Row("unknown fields and enum values kept", "0 lost in 100,000 random cases"),
    36: Row("interim answers (1xx) are read past, an unasked 101 is refused; a connection with bytes nobody asked for is not used again", "0 mixed answers; a flood of 1xx ends in a typed error"),
    37: Row("several gzip members are read; anything else behind them, or half a member, is a typed error", "never a hang; 200,000 empty members: error in 0.1 s"),
    38: Row("connections are given first come, first served", "slowest call at most 10 x the fair share; the error says that it waited for a connection"),
    39: Row("what one client holds unpacked at a time is bounded, 256 MiB by default", "typed error at once, growth < 2 x the bound"),
    40: Row("a token endpoint that fails for a moment ends no call and no wait", "survived within the deadline"),
    41: Row("\"nothing was started\" only after an answer that proves it", "0 untrue, for every status and fault"),
}  # fmt: skip
