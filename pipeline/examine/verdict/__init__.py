"""Is a wording there, whole, unchanged and in plain sight? The DISC rules, and the mail as a whole."""
