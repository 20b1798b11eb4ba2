"""Federation's part of the site menu."""

from django.utils.translation import gettext_lazy as _

from core.contract import MenuItem

menu = [MenuItem(_("Linked instances"), "federation:peers", order=95)]
