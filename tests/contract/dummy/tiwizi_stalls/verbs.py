"""What happens to stalls."""

from core.contract import Verb

OPENED = "stalls.opened"

verbs = [Verb(OPENED, "{actor} opened the stall {subject}")]
