"""Controlled documents 受控文件: one use case per function, by what they are about.

history     revisions gathered under their number, in whatever order they come
library     the documents as a tree, one with its revisions
life        from the proposal to the approved draft
issue       the signed draft becomes the revision in force; withdrawing
"""
