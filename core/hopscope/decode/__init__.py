"""What stored events mean: the event table, values of parameters, columns, and events as text."""
