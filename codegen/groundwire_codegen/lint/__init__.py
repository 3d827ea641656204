"""Advice on a document: what its readers warn of, and what an overlay may have to say of it."""

from .advice import Advice, Linted, advise

__all__ = ["Advice", "Linted", "advise"]
