"""Google's retry conformance suite of Cloud Storage, run with our own client of storage.v1.

The suite is data: each combination of a method, faults and preconditions says whether the call must succeed. The faults
come from Google's storage-testbench, a server. Neither is part of this repository: `nox -s testbench` says where they
come from.
"""
