"""The admin's pages on which staff correct records: preview, then save.

A preview does the real thing in a transaction and takes it back, so that what it shows and what
saving does can never differ.
"""
