"""Outcomes as text for people and as documents for machines. Pure functions: nothing here prints or writes files."""
