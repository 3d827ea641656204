"""The status page of the contract server: operations, requests and rules at one instant, as HTML."""

from .page import SCRIPT, StatusPage, render
from .query import Query
from .view import PAGE_SIZE, ListPage, Operation, Reason, Request, Rule, Snapshot, Stage

__all__ = [
    "PAGE_SIZE",
    "SCRIPT",
    "ListPage",
    "Operation",
    "Query",
    "Reason",
    "Request",
    "Rule",
    "Snapshot",
    "Stage",
    "StatusPage",
    "render",
]
