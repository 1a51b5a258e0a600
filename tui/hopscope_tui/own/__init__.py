"""Places of the screen that are no view of the core: each a module with ``source_of``, found by its name."""
