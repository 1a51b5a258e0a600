"""The rules, one a file, each with a ``RULE``; the engine names them in their order."""
