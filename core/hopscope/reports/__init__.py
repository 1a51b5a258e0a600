"""Questions that people ask of a whole capture: one a file, each from a store and chosen events to rows.

Nothing here prints. Commands and screens show what these functions return.
"""
