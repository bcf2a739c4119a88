"""What the templates are drawn with, and their errors; `stages.template` is the door."""
