"""What hides words that a page renders: the VIS rules, one element and one world at a time."""
