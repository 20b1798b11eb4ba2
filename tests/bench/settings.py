"""Tiznit as it is served, with one more address and without limits on how often one client may ask."""

import os

from sites.tiznit.settings import *

ROOT_URLCONF = "tests.bench.urls"
RATELIMIT_ENABLE = False
PAGE_CACHE_SECONDS = int(os.environ.get("BENCH_PAGE_CACHE", "0"))
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
