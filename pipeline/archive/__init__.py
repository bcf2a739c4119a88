"""
The archive: past issues as a static website, built from issues and receipts.

The road is `archive.build`. A page says what the issue says and what is on record; which pages there are,
`archive.life` decides. Nothing here sends, or asks a provider.
"""
