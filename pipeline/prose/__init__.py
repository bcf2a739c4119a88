"""From HTML to text that reads well by itself; `stages.plaintext` is the door."""
