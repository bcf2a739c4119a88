"""Findings in the forms that other programs read; each module is one form, from findings to text."""
