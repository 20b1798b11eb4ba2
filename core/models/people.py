"""People: the e-mail address is the login, the name is what others see."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified


class PersonManager(BaseUserManager["Person"]):
    """Persons are found by e-mail, in lower case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, password, is_staff=True, is_superuser=True, is_animator=True, **fields)

    def for_email(self, email: str, *, name: str = "") -> Person:
        """The person of an address, made without password when new: only who reads that mailbox can sign in."""
        address = email.strip().lower()
        person, made = self.get_or_create(
            email=address, defaults={"name": name, "language": get_language() or "fr"}
        )
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        return person


class Person(Identified, AbstractBaseUser, PermissionsMixin):
    """Someone with an e-mail address. Never shown with it: others see ``name``, or the site's word for nobody."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name shown to others"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    is_animator = models.BooleanField(_("animator of this instance"), default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or str(_("Someone"))

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
