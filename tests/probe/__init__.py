"""A plug-in whose work leaves lines in a file, so that tests see what workers did and how often."""
