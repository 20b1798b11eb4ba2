"""``make bench``: what a page, a post from another instance and a delivery cost."""
