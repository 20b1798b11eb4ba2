"""The engines that do background work: one process runs one engine and the schedule."""
