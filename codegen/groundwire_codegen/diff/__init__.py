"""The changes between two documents, with their effects on callers of the generated client."""

from .change import Change, Diff, Direction, Place
from .compare import compare
from .load import Given, Sides, read_sides
from .rules import RULES, Kind, Rule
from .verdict import LEVELS, Verdict

__all__ = [
    "LEVELS",
    "RULES",
    "Change",
    "Diff",
    "Direction",
    "Given",
    "Kind",
    "Place",
    "Rule",
    "Sides",
    "Verdict",
    "compare",
    "read_sides",
]
