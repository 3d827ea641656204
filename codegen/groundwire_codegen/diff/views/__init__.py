"""A diff as people and machines read it: each module here turns one into text."""
