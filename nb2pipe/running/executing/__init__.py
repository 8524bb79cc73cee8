"""One notebook run in one kernel, cell by cell."""
