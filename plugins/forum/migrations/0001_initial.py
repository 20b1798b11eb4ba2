import core.models.identity
import core.models.subjects
import django.db.models.deletion
import django.utils.timezone
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
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('about_type', models.CharField(blank=True, max_length=60)),
                ('about_key', models.CharField(blank=True, max_length=40)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('titles', models.JSONField(blank=True, default=dict, help_text='{language: title} of the subject when it began')),
                ('language', models.CharField(default='fr', max_length=5)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('reply_count', models.PositiveIntegerField(default=0)),
                ('highest_number', models.PositiveIntegerField(default=0)),
                ('last_posted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_number', models.PositiveIntegerField(default=0, help_text='of the last visible message')),
                ('last_author_name', models.CharField(blank=True, max_length=160)),
                ('listed', models.BooleanField(default=False, help_text='not hidden, and something can be read')),
                ('hidden', models.BooleanField(default=False)),
                ('locked', models.BooleanField(default=False)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.project')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.territory')),
                ('theme', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.theme')),
            ],
            options={
                'verbose_name': 'thread',
                'verbose_name_plural': 'threads',
                'indexes': [models.Index(fields=['about_key', 'about_type'], name='thread_about'), models.Index(condition=models.Q(('listed', True)), fields=['-last_posted_at', '-id'], name='thread_list'), models.Index(condition=models.Q(('listed', True)), fields=['about_type', '-last_posted_at', '-id'], name='thread_list_kind'), models.Index(condition=models.Q(('listed', True)), fields=['theme', '-last_posted_at', '-id'], name='thread_list_theme')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('about_type', ''), _negated=True), fields=('about_type', 'about_key'), name='one_thread_per_subject')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('author_name', models.CharField(blank=True, help_text='as the origin tells it; empty for a local one', max_length=160)),
                ('author_uri', models.CharField(blank=True, max_length=500)),
                ('origin', models.CharField(blank=True, help_text='scheme and host of the instance it came from', max_length=200)),
                ('origin_name', models.CharField(blank=True, max_length=160)),
                ('uri', models.CharField(blank=True, max_length=500)),
                ('url', models.CharField(blank=True, help_text='where a remote post is read at its origin', max_length=500)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('text', models.TextField(blank=True, verbose_name='message')),
                ('html', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('visible', 'visible'), ('deleted', 'deleted by its author'), ('hidden', 'hidden by moderation')], default='visible', max_length=8)),
                ('posted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('token', models.CharField(blank=True, help_text='of the form it came from: sent twice, posted once', max_length=40)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('in_reply_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forum.post')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='forum.thread')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(fields=['author', '-received_at'], name='post_author'), models.Index(fields=['thread', 'state', '-number'], name='post_latest')],
                'constraints': [models.UniqueConstraint(fields=('thread', 'number'), name='dense_number'), models.UniqueConstraint(condition=models.Q(('uri', ''), _negated=True), fields=('uri',), name='one_post_per_uri'), models.UniqueConstraint(condition=models.Q(('token', ''), _negated=True), fields=('author', 'token'), name='one_post_per_form')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='PostRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('replaced_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='forum.post')),
            ],
            options={
                'verbose_name': 'earlier version',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_read', models.PositiveIntegerField(default=0)),
                ('wrote', models.BooleanField(default=False, help_text='took part, so is told of answers')),
                ('muted', models.BooleanField(default=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='forum.thread')),
            ],
            options={
                'verbose_name': 'reading mark',
                'constraints': [models.UniqueConstraint(fields=('person', 'thread'), name='one_mark')],
            },
        ),
        migrations.AddField(
            model_name='Thread',
            name='last_post',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forum.post'),
        ),
    ]
