"""The command `groundwire`: exports and operations from the shell or a scheduler (docs/command-line.md)."""
