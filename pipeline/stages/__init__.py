"""The stages of the road, each a pure function; `load` alone reads files."""
