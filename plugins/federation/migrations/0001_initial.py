import core.models.identity
import core.models.subjects
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('activitypub', '0001_initial'),
        ('core', '0002_initial'),
        ('core', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Host',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=260, unique=True)),
                ('blocked', models.BooleanField(default=False, verbose_name='blocked')),
                ('admitted', models.BooleanField(default=False, verbose_name='admitted')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('failures', models.PositiveIntegerField(default=0, help_text='failures in a row')),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('retry_at', models.DateTimeField(blank=True, help_text='the circuit is open until then', null=True)),
                ('last_seen_at', models.DateTimeField(blank=True, help_text='last time it answered a delivery', null=True)),
                ('first_seen_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'remote host',
            },
        ),
        migrations.CreateModel(
            name='Outgoing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('sender_uri', models.CharField(max_length=500)),
                ('activity_uri', models.CharField(max_length=500)),
                ('body', models.BinaryField()),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RemoteKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_id', models.CharField(max_length=500, unique=True)),
                ('owner', models.CharField(db_index=True, max_length=500)),
                ('pem', models.TextField()),
                ('fetched_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='RemoteActor',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('activitypub.actorcontext',),
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('activitypub.secv1context',),
        ),
        migrations.CreateModel(
            name='InboxActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('actor_uri', models.CharField(max_length=500)),
                ('uri', models.CharField(max_length=500)),
                ('type', models.CharField(max_length=30)),
                ('raw', models.JSONField()),
                ('received_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='inbox_due')],
                'constraints': [models.UniqueConstraint(fields=('actor_uri', 'uri'), name='inbox_once_per_actor')],
            },
        ),
        migrations.CreateModel(
            name='PeerLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('direction', models.CharField(choices=[('out', 'we follow them'), ('in', 'they follow us')], max_length=3)),
                ('state', models.CharField(choices=[('asked', 'waiting for an answer'), ('accepted', 'linked'), ('refused', 'refused'), ('ended', 'ended'), ('blocked', 'blocked')], default='asked', max_length=8)),
                ('local_uri', models.CharField(help_text='our actor that follows or is followed', max_length=500)),
                ('inbox', models.CharField(help_text='shared inbox of the remote actor, else its own', max_length=500)),
                ('host', models.CharField(db_index=True, max_length=260)),
                ('name', models.CharField(max_length=160)),
                ('is_instance', models.BooleanField(default=True, help_text='an instance, not a single reader of the social web')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('asked_times', models.PositiveSmallIntegerField(default=1)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('actor', models.ForeignKey(help_text='the remote actor', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activitypub.actorcontext')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activitypub.followrequest')),
            ],
            options={
                'verbose_name': 'linked instance',
                'verbose_name_plural': 'linked instances',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['direction', 'state', 'local_uri'], name='peer_followers')],
                'constraints': [models.UniqueConstraint(fields=('direction', 'actor', 'local_uri'), name='one_link_each_way')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Backfill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='federation.peerlink')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='backfill_due')],
            },
        ),
        migrations.CreateModel(
            name='ReceivedObject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uri', models.CharField(max_length=500, unique=True)),
                ('host', models.CharField(db_index=True, max_length=260)),
                ('author_uri', models.CharField(max_length=500)),
                ('object_type', models.CharField(max_length=30)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('version', models.DateTimeField(default=django.utils.timezone.now)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('relayed', models.BooleanField(default=False, help_text='it answers something of ours and was passed on')),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_key'], name='received_subject')],
            },
        ),
        migrations.CreateModel(
            name='SharedObject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('actor_uri', models.CharField(db_index=True, help_text='our actor that published it', max_length=500)),
                ('reply_inbox', models.CharField(blank=True, help_text='inbox of whom it answers, on another instance', max_length=500)),
                ('create_uid', models.CharField(default=core.models.identity.new_uid, help_text='of its Create activity', max_length=26, unique=True)),
                ('shared_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['withdrawn_at', '-id'], name='shared_outbox')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_key'), name='shared_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboundEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(choices=[('Create', 'Create'), ('Update', 'Update'), ('Delete', 'Delete'), ('Announce', 'Announce')], max_length=8)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('relayed', models.JSONField(help_text='Announce: the activity of another instance, by ids', null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.journalentry')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='outbound_due')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('inbox', models.CharField(max_length=500)),
                ('host', models.CharField(help_text='name of the Host row', max_length=260)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('outgoing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='federation.outgoing')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='delivery_due'), models.Index(fields=['host', 'state'], name='delivery_host')],
                'constraints': [models.UniqueConstraint(fields=('outgoing', 'inbox'), name='delivery_once_per_inbox')],
            },
        ),
    ]
