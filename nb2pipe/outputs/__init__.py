"""The numbers that stand in a notebook's stored outputs: what each is called, how it was read, how far to trust it.

Nothing is imported here: the analysis of a cell needs one of these files, and start-up is counted in milliseconds.
"""
