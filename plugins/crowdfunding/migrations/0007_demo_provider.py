import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import core.money
import plugins.crowdfunding.models.demo


class Migration(migrations.Migration):

    dependencies = [
        ('crowdfunding', '0006_regular_matching_milestones'),
    ]

    operations = [
        migrations.CreateModel(
            name='DemoPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pay', 'Pay'), ('secure', 'Secure'), ('charge', 'Charge')], max_length=6)),
                ('account', models.CharField(max_length=80)),
                ('key', models.CharField(help_text='of the platform: the same order twice is one', max_length=80)),
                ('session', models.CharField(default=plugins.crowdfunding.models.demo.new_session, max_length=60, unique=True)),
                ('reference', models.CharField(default=plugins.crowdfunding.models.demo.new_reference, max_length=60, unique=True)),
                ('status', models.CharField(default='open', max_length=10)),
                ('ending', models.CharField(blank=True, help_text='what a direct debit becomes at ends_at', max_length=10)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('failure', models.CharField(blank=True, max_length=40)),
                ('channel', models.CharField(default='card', max_length=10)),
                ('method', models.CharField(blank=True, max_length=60)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('return_url', models.CharField(blank=True, max_length=500)),
                ('cancel_url', models.CharField(blank=True, max_length=500)),
                ('currency', core.money.CurrencyField(choices=[('EUR', 'EUR'), ('MAD', 'MAD')], max_length=3)),
                ('amount_minor', core.money.MinorField()),
                ('refunded_minor', core.money.MinorField(default=0)),
                ('dispute', models.CharField(blank=True, help_text='opened, won or lost', max_length=8)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'key'), name='demo_payment_once')],
            },
        ),
        migrations.CreateModel(
            name='DemoRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='of the platform: the same order twice is one', max_length=80, unique=True)),
                ('reference', models.CharField(default=plugins.crowdfunding.models.demo.new_refund, max_length=60, unique=True)),
                ('amount_minor', core.money.MinorField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='crowdfunding.demopayment')),
            ],
        ),
        migrations.CreateModel(
            name='DemoEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(default=plugins.crowdfunding.models.demo.new_event, max_length=60, unique=True)),
                ('body', models.TextField()),
                ('times', models.PositiveSmallIntegerField(default=1, help_text='deliveries that are left')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='crowdfunding.demopayment')),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='demo_event_due')],
            },
        ),
    ]
