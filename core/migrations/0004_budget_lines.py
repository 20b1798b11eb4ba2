import core.models.identity
import core.money
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_private_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('kind', models.CharField(choices=[('money', 'money'), ('in_kind', 'in kind'), ('days', 'days of work')], max_length=8)),
                ('texts', models.JSONField(default=dict, help_text='{language: text}')),
                ('amount_minor', core.money.MinorField(blank=True, null=True)),
                ('currency', core.money.CurrencyField(blank=True, choices=[('EUR', 'EUR'), ('MAD', 'MAD')], max_length=3)),
                ('quantity', models.PositiveIntegerField(blank=True, null=True)),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='counted in')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budget_lines', to='core.project')),
            ],
            options={
                'verbose_name': 'budget line',
                'verbose_name_plural': 'budget lines',
                'ordering': ['order', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('amount_minor__isnull', False), ('currency__gt', ''), ('kind', 'money'), ('quantity', None)), models.Q(('amount_minor', None), ('currency', ''), ('kind__in', ['in_kind', 'days']), ('quantity__gt', 0), ('quantity__isnull', False)), _connector='OR'), name='budget_line_counts_one_thing')],
            },
        ),
    ]
