"""A mail as bytes -> the parts that clients show, and the words and elements of each."""
