"""Rows of the forum."""

from plugins.forum.models.marks import ReadMark
from plugins.forum.models.posts import Post, PostRevision
from plugins.forum.models.threads import Thread

__all__ = ["Post", "PostRevision", "ReadMark", "Thread"]
