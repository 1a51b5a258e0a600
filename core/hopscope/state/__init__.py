"""Who, what and when: the events that change processes and descriptors, replayed into intervals.

:mod:`replay` runs them in order over :class:`world.World`; :mod:`handlers` says which events do what.
"""
