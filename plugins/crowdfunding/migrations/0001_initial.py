import core.models.identity
import core.models.subjects
import core.money
import django.db.models.deletion
import django.utils.timezone
import plugins.crowdfunding.models.pledges
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0002_initial"),
        ("core", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=core.models.identity.new_uid, editable=False, max_length=26, unique=True
                    ),
                ),
                ("slug", models.SlugField(allow_unicode=True, max_length=100, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("keep", "every gift is kept"),
                            ("all_or_nothing", "all or nothing"),
                            ("two_rounds", "two rounds"),
                            ("recurring", "regular support"),
                            ("matching", "matching fund"),
                        ],
                        default="keep",
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("open", "open"),
                            ("closed", "closed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("language", models.CharField(default="fr", max_length=5)),
                ("texts", models.JSONField(default=dict)),
                (
                    "currency",
                    core.money.CurrencyField(choices=[("EUR", "EUR"), ("MAD", "MAD")], max_length=3),
                ),
                ("goal_minor", core.money.MinorField()),
                ("minimum_minor", core.money.MinorField(default=100)),
                (
                    "proposed_minor",
                    models.JSONField(default=list, help_text="amounts offered as buttons, minor units"),
                ),
                ("opens_on", models.DateField(verbose_name="opens on")),
                ("closes_on", models.DateField(verbose_name="closes on")),
                ("hidden", models.BooleanField(default=False, help_text="by moderation")),
                ("is_sample", models.BooleanField(default=False, help_text="invented for a demonstration")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "collector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.project"
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "indexes": [
                    models.Index(fields=["state", "-id"], name="campaign_list"),
                    models.Index(fields=["project", "-id"], name="campaign_project"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("goal_minor__gt", 0)), name="campaign_goal_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_minor__gt", 0)), name="campaign_minimum_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="campaign_closes_after_opening",
                    ),
                ],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name="CollectorSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        default="FR",
                        help_text="Two letters: FR, MA, BE, ES…",
                        max_length=2,
                        verbose_name="country of registration",
                    ),
                ),
                ("account_holder", models.CharField(max_length=70, verbose_name="account holder")),
                ("iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN")),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("rib", models.CharField(blank=True, max_length=24, verbose_name="Moroccan RIB")),
                (
                    "authorisation_number",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="authorisation to appeal to the public"
                    ),
                ),
                ("authorised_from", models.DateField(blank=True, null=True, verbose_name="authorised from")),
                (
                    "authorised_until",
                    models.DateField(blank=True, null=True, verbose_name="authorised until"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "collector settings",
                "verbose_name_plural": "collector settings",
            },
        ),
        migrations.CreateModel(
            name="Ledger",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "head",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                    ),
                ),
                ("length", models.PositiveIntegerField(default=0)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("verified_length", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, max_length=300)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.project"
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger",
                "verbose_name_plural": "ledgers",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=140)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gifts", "gifts"),
                            ("bank", "bank account"),
                            ("cash", "cash box"),
                            ("cheques", "cheques"),
                            ("fees", "fees"),
                            ("transit", "on its way"),
                            ("spent", "spent"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(choices=[("EUR", "EUR"), ("MAD", "MAD")], max_length=3),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="crowdfunding.ledger",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "constraints": [
                    models.UniqueConstraint(fields=("ledger", "code"), name="account_code_once"),
                    models.UniqueConstraint(
                        fields=("ledger", "kind", "organisation", "currency"), name="account_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pledge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=core.models.identity.new_uid, editable=False, max_length=26, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pledged", "promised"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                            ("expired", "expired"),
                        ],
                        default="pledged",
                        max_length=10,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("site", "made on the site"), ("counter", "entered by the treasurer")],
                        default="site",
                        max_length=8,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("transfer", "bank transfer"), ("cheque", "cheque"), ("cash", "cash")],
                        default="transfer",
                        max_length=10,
                        verbose_name="way of giving",
                    ),
                ),
                ("gateway", models.CharField(default="offline", max_length=20)),
                (
                    "token",
                    models.CharField(
                        default=plugins.crowdfunding.models.pledges.new_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="reference code")),
                (
                    "form_key",
                    models.CharField(
                        help_text="one filled form makes one pledge", max_length=40, unique=True
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(choices=[("EUR", "EUR"), ("MAD", "MAD")], max_length=3),
                ),
                ("amount_minor", core.money.MinorField()),
                ("donor", models.CharField(default=core.models.identity.new_uid, max_length=26)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("anonymous", models.BooleanField(default=False, verbose_name="anonymous")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                ("message_hidden", models.BooleanField(default=False)),
                ("language", models.CharField(default="fr", max_length=5)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("waiting_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pledges",
                        to="crowdfunding.campaign",
                    ),
                ),
                (
                    "collector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pledge",
                "verbose_name_plural": "pledges",
                "indexes": [
                    models.Index(fields=["campaign", "state", "-id"], name="pledge_campaign"),
                    models.Index(fields=["collector", "state", "-id"], name="pledge_treasury"),
                    models.Index(fields=["state", "waiting_since"], name="pledge_waiting"),
                    models.Index(fields=["campaign", "email"], name="pledge_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="pledge_amount_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=core.models.identity.new_uid, editable=False, max_length=26, unique=True
                    ),
                ),
                ("gateway", models.CharField(default="offline", max_length=20)),
                (
                    "channel",
                    models.CharField(
                        choices=[("transfer", "bank transfer"), ("cheque", "cheque"), ("cash", "cash")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "received"), ("reversed", "undone")],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="the bank's or the provider's, never public", max_length=140
                    ),
                ),
                (
                    "currency",
                    core.money.CurrencyField(choices=[("EUR", "EUR"), ("MAD", "MAD")], max_length=3),
                ),
                ("amount_minor", core.money.MinorField()),
                ("received_on", models.DateField(verbose_name="received on")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reversed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistake", "entered by mistake"),
                            ("amount", "wrong amount"),
                            ("donor", "another donor's money"),
                            ("returned", "the bank took it back"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="crowdfunding.campaign",
                    ),
                ),
                (
                    "collector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reversed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pledge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="crowdfunding.pledge",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "indexes": [
                    models.Index(fields=["collector", "-id"], name="payment_treasury"),
                    models.Index(fields=["campaign", "state", "-id"], name="payment_campaign"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("pledge", "attempt"), name="payment_once_per_attempt"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "received")),
                        fields=("pledge",),
                        name="payment_one_standing_per_pledge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("promised_minor", core.money.MinorField(default=0)),
                ("received_minor", core.money.MinorField(default=0)),
                ("promises", models.PositiveIntegerField(default=0)),
                ("gifts", models.PositiveIntegerField(default=0)),
                ("backers", models.PositiveIntegerField(default=0)),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tally",
                        to="crowdfunding.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "tally",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("promised_minor__gte", 0), ("received_minor__gte", 0)),
                        name="tally_never_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=core.models.identity.new_uid, editable=False, max_length=26, unique=True
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("gift", "gift received"), ("reversal", "correction")], max_length=12
                    ),
                ),
                ("cause_type", models.CharField(max_length=40)),
                ("cause_key", models.CharField(max_length=40)),
                (
                    "key",
                    models.CharField(
                        help_text="the same cause is never booked twice", max_length=120, unique=True
                    ),
                ),
                ("booked_on", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("memo", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(blank=True, max_length=64)),
                (
                    "ledger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="crowdfunding.ledger",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="crowdfunding.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "transaction",
                "indexes": [models.Index(fields=["cause_type", "cause_key"], name="transaction_cause")],
                "constraints": [
                    models.UniqueConstraint(fields=("ledger", "number"), name="transaction_number_once"),
                    models.UniqueConstraint(
                        fields=("ledger", "previous"), name="transaction_chain_never_forks"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", core.money.MinorField()),
                (
                    "currency",
                    core.money.CurrencyField(choices=[("EUR", "EUR"), ("MAD", "MAD")], max_length=3),
                ),
                ("is_funds", models.BooleanField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="crowdfunding.account",
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crowdfunding.ledger",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="crowdfunding.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "indexes": [models.Index(fields=["ledger", "is_funds", "-id"], name="entry_statement")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True), name="entry_not_zero"
                    )
                ],
            },
        ),
    ]
