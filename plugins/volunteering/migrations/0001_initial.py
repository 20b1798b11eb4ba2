import core.models.identity
import core.models.languages
import core.models.subjects
import django.db.models.deletion
import django.utils.timezone
import plugins.volunteering.models.applications
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0002_initial'),
        ('core', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('esco_id', models.CharField(max_length=36, unique=True)),
                ('name_fr', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('name_ar', models.CharField(blank=True, help_text="our translation, not ESCO's", max_length=200)),
                ('name_zgh', models.CharField(blank=True, help_text="our translation, not ESCO's", max_length=200)),
            ],
            options={
                'verbose_name': 'skill',
                'verbose_name_plural': 'skills',
                'ordering': ['name_fr'],
            },
            bases=(core.models.languages.NamedInLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='Mission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('slug', models.SlugField(allow_unicode=True, max_length=100, unique=True)),
                ('kind', models.CharField(choices=[('one_off', 'One-off mission'), ('accompaniment', 'Long accompaniment')], default='one_off', max_length=14, verbose_name='kind')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('open', 'open to applications'), ('filled', 'complete'), ('closed', 'closed to applications'), ('done', 'done')], default='draft', max_length=8)),
                ('hidden', models.BooleanField(default=False, help_text='taken away by moderation')),
                ('language', models.CharField(default='fr', max_length=5)),
                ('texts', models.JSONField(default=dict)),
                ('remote', models.BooleanField(default=False, verbose_name='can be done from anywhere')),
                ('starts', models.DateField(blank=True, null=True)),
                ('ends', models.DateField(blank=True, null=True)),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('people', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('is_sample', models.BooleanField(default=False, help_text='invented for a demonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.organisation')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.project')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.territory')),
                ('skills', models.ManyToManyField(blank=True, related_name='missions', to='volunteering.skill')),
            ],
            options={
                'verbose_name': 'mission',
                'verbose_name_plural': 'missions',
                'indexes': [models.Index(fields=['state', '-id'], name='mission_list'), models.Index(fields=['project', 'state'], name='mission_project'), models.Index(fields=['host', 'state'], name='mission_host')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('message', models.TextField()),
                ('state', models.CharField(choices=[('sent', 'waiting for an answer'), ('shortlisted', 'on the shortlist'), ('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='sent', max_length=11)),
                ('reason', models.TextField(blank=True)),
                ('link_nonce', models.CharField(default=plugins.volunteering.models.applications.new_nonce, editable=False, max_length=16)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('first_answer_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('applicant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='volunteering.mission')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
                'indexes': [models.Index(fields=['applicant', '-id'], name='application_mine'), models.Index(fields=['mission', 'state'], name='application_mission')],
                'constraints': [models.UniqueConstraint(fields=('mission', 'applicant'), name='apply_once')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('underway', 'under way'), ('finished', 'finished'), ('stopped', 'stopped')], default='underway', max_length=8)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='engagement', to='volunteering.application')),
            ],
            options={
                'verbose_name': 'engagement',
            },
        ),
        migrations.CreateModel(
            name='HoursEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('text', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('logged', 'waits for confirmation'), ('confirmed', 'confirmed'), ('refused', 'not confirmed')], default='logged', max_length=9)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('logged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='volunteering.engagement')),
            ],
            options={
                'verbose_name': 'hours',
                'ordering': ['day', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('host', 'organisation'), ('volunteer', 'volunteer')], max_length=9)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='volunteering.application')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'note',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('answer', 'Answer the application'), ('decide', 'Decide on the shortlist'), ('dates', 'Agree on the dates'), ('mission', 'Do the mission'), ('follow_up', 'Tell what became of it'), ('own', 'Another step')], default='own', max_length=9)),
                ('text', models.CharField(blank=True, max_length=160, verbose_name='what has to be done')),
                ('side', models.CharField(choices=[('host', 'organisation'), ('volunteer', 'volunteer')], max_length=9, verbose_name='by whom')),
                ('due', models.DateField(verbose_name='due date')),
                ('state', models.CharField(choices=[('planned', 'to come'), ('current', 'now'), ('done', 'done'), ('dropped', 'dropped')], default='planned', max_length=7)),
                ('public', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('turn_since', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='volunteering.application')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'step',
                'ordering': ['due', 'id'],
                'indexes': [models.Index(fields=['state', 'due'], name='step_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'current')), fields=('application',), name='one_turn_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('soon', 'Soon'), ('late', 'Late'), ('stalled', 'Stalled')], max_length=7)),
                ('due', models.DateField()),
                ('week', models.SmallIntegerField(help_text='weeks after the due date; -1 is the week before it')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='volunteering.planstep')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('step', 'due', 'week'), name='remind_once_a_week')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('host', 'organisation'), ('volunteer', 'volunteer')], max_length=9)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='volunteering.engagement')),
            ],
            options={
                'verbose_name': 'feedback',
                'constraints': [models.UniqueConstraint(fields=('engagement', 'side'), name='feedback_once_a_side')],
            },
        ),
    ]
