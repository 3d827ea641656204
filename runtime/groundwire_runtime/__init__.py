"""The runtime of generated clients: codecs, transports, credentials, retries, paging, operations.

A call goes stub -> `BaseClient.call` -> `Method.request` -> `RetryTransport` -> `AuthTransport` -> `UrllibTransport` ->
`Method.answer`; each transport is `send(Request) -> Response`. Importing this package imports none of its parts.
"""
