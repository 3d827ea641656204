"""The runtime of generated clients: codecs, transports, credentials, retries, paging, operations.

A call goes stub -> `Method.request` -> `RetryTransport` -> `AuthTransport` -> `ObservedTransport` -> `UrllibTransport`
and comes back as an answer or an error. Importing this package imports none of its parts.
"""
