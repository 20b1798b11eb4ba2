"""A link with another instance is a subject: the journal says who decided what about it."""

from django.utils.translation import gettext_lazy as _

from core.contract import Subject
from plugins.federation.models import PeerLink

subjects = [Subject("federation.peer", PeerLink, _("linked instance"), select_related=("actor__reference",))]
