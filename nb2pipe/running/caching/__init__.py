"""What ran before need not run again: the cache of finished steps."""
