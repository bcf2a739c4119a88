"""
A newsletter's road from Markdown to every reader's inbox, once, with its disclaimer proven.

The road itself is `pipeline.compose`; what leaves the house leaves through `pipeline.publish`.
"""

__version__ = "0.1.0"
