"""Working through the stored activities, one transaction each.

For each due InboxActivity (fields ``actor_uri``, ``uri``, ``type``, ``raw`` = the document after the gate's
reductions) this calls ``processing.process(activity)`` inside one transaction.

**No network inside the transaction**: a ``fetch_json`` made within ``process`` rolls the transaction back, is done
outside, and ``process`` is called again with the answer (or the FetchError) at hand. So ``process`` just calls
``fetch_json`` and must not catch bare ``Exception`` around it; at most ten different addresses per activity.

``process`` returns when there is nothing (more) to do, also for what it ignores; it raises ``Unprocessable``
for what will never work; a FetchError or any other exception postpones the activity.
"""

from __future__ import annotations


class Unprocessable(Exception):
    """The activity will never work; the message says why. It is not tried again."""
