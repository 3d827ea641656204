"""Views of a diff; each module turns one into text."""
