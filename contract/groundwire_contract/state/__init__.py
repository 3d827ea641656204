"""Storage of operations, used request ids and recorded requests: in memory, or in one SQLite file."""
