"""Stalls of a project's market, by a third party."""
