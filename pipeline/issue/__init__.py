"""From the bytes of an issue's file to front matter, body and images; `stages.load` is the door."""
