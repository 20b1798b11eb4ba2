import core.models.identity
import core.models.languages
import core.models.pages
import core.models.subjects
import core.money
import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_person'),
        ('wagtailcore', '0098_apitoken'),
        ('wagtailimages', '0027_image_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='Charter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(unique=True)),
                ('texts', models.JSONField(default=dict)),
                ('published_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'charter',
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('welcome', wagtail.fields.RichTextField(blank=True)),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='LetterRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProjectIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ScheduledRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('task_id', models.CharField(blank=True, help_text='the run enqueued last', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='SectionPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', wagtail.fields.RichTextField(blank=True)),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='StandingPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('body', wagtail.fields.RichTextField(blank=True, verbose_name='text')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('name_fr', models.CharField(max_length=80)),
                ('name_ar', models.CharField(blank=True, max_length=80)),
                ('name_zgh', models.CharField(blank=True, max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'verbose_name': 'theme',
                'verbose_name_plural': 'themes',
                'ordering': ['order', 'slug'],
            },
            bases=(core.models.languages.NamedInLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('purpose', models.CharField(max_length=40)),
                ('email', models.EmailField(max_length=254)),
                ('facts', models.JSONField(default=dict)),
                ('code_hash', models.CharField(max_length=64)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sendings', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'confirmation',
                'indexes': [models.Index(fields=['purpose', 'email'], name='confirmation_email')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('key', models.CharField(max_length=160, unique=True)),
                ('to', models.EmailField(max_length=254)),
                ('language', models.CharField(max_length=5)),
                ('template', models.CharField(max_length=120)),
                ('context', models.JSONField(default=dict)),
                ('optional', models.BooleanField(default=False, help_text='not sent to those who refused letters')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'letter',
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='letter_due')],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('level', models.CharField(choices=[('country', 'country'), ('region', 'region'), ('province', 'province'), ('commune', 'commune'), ('douar', 'douar'), ('town', 'town abroad')], max_length=10)),
                ('path', models.CharField(db_index=True, editable=False, max_length=255)),
                ('name_fr', models.CharField(max_length=120)),
                ('name_ar', models.CharField(blank=True, max_length=120)),
                ('name_zgh', models.CharField(blank=True, max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=120)),
                ('population', models.PositiveIntegerField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='core.territory')),
            ],
            options={
                'verbose_name': 'territory',
                'verbose_name_plural': 'territories',
                'ordering': ['path'],
            },
            bases=(core.models.languages.NamedInLanguages, core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('name_ar', models.CharField(blank=True, max_length=160, verbose_name='name in Arabic')),
                ('kind', models.CharField(choices=[('commune', 'commune'), ('association', 'association'), ('cooperative', 'cooperative'), ('gie', 'economic interest group'), ('coordination', 'coordination'), ('institution', 'institution')], max_length=12, verbose_name='kind')),
                ('status', models.CharField(choices=[('candidate', 'candidate'), ('admitted', 'admitted'), ('left', 'left')], default='admitted', max_length=10)),
                ('description', models.JSONField(blank=True, default=dict, help_text='{language: text}')),
                ('website', models.URLField(blank=True)),
                ('is_sample', models.BooleanField(default=False, help_text='invented for a demonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.territory')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['name'],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('manager', 'manager'), ('treasurer', 'treasurer'), ('agent', 'development agent'), ('member', 'member')], max_length=10)),
                ('since', models.DateField(auto_now_add=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='core.organisation')),
            ],
            options={
                'verbose_name': 'membership',
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('organisation', 'person', 'role'), name='one_open_role')],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ('slug', models.SlugField(allow_unicode=True, max_length=100, unique=True)),
                ('stage', models.CharField(choices=[('idea', 'Idea'), ('maturing', 'In maturation'), ('seeking', 'Looking for resources'), ('underway', 'Under way'), ('done', 'Done'), ('capitalised', 'Capitalised')], default='idea', max_length=12, verbose_name='stage')),
                ('status', models.CharField(choices=[('unconfirmed', 'e-mail not confirmed'), ('waiting', 'waiting for an answer'), ('published', 'published'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='unconfirmed', max_length=12)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('texts', models.JSONField(default=dict)),
                ('words', models.TextField(blank=True, default='', editable=False, help_text='all texts as they are searched')),
                ('origin_uri', models.CharField(blank=True, db_index=True, max_length=500)),
                ('origin_url', models.URLField(blank=True, max_length=500)),
                ('origin_name', models.CharField(blank=True, max_length=160)),
                ('origin_facts', models.JSONField(blank=True, default=dict, help_text='place, owner, figures as the origin tells them')),
                ('is_sample', models.BooleanField(default=False, help_text='invented for a demonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='core.organisation')),
                ('proposer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='projects', to=settings.AUTH_USER_MODEL)),
                ('territory', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='core.territory')),
                ('themes', models.ManyToManyField(blank=True, related_name='projects', to='core.theme')),
            ],
            options={
                'verbose_name': 'project',
                'verbose_name_plural': 'projects',
                'indexes': [models.Index(fields=['status', '-published_at', '-id'], name='project_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('origin_uri', ''), _negated=True), fields=('origin_uri',), name='one_row_per_origin')],
            },
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('skills', 'skills'), ('money', 'money'), ('in_kind', 'in kind'), ('network', 'network'), ('ideas', 'ideas')], max_length=8)),
                ('texts', models.JSONField(default=dict, help_text='{language: text}')),
                ('amount_minor', core.money.MinorField(blank=True, null=True)),
                ('currency', core.money.CurrencyField(blank=True, choices=[('EUR', 'EUR'), ('MAD', 'MAD')], max_length=3)),
                ('quantity', models.PositiveIntegerField(blank=True, null=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='core.project')),
            ],
            options={
                'verbose_name': 'need',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=80)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('public', models.BooleanField(default=True)),
                ('facts', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.organisation')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.project')),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal entries',
                'indexes': [models.Index(fields=['subject_type', 'subject_key', '-id'], name='journal_subject'), models.Index(fields=['project', 'public', '-id'], name='journal_project'), models.Index(fields=['verb', '-id'], name='journal_verb')],
            },
        ),
        migrations.CreateModel(
            name='ProjectPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='in one sentence')),
                ('story', wagtail.fields.RichTextField(blank=True, verbose_name='story')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='core.project')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='EventPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='in one sentence')),
                ('body', wagtail.fields.RichTextField(blank=True, verbose_name='text')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('place', models.CharField(blank=True, max_length=160, verbose_name='place')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.organisation')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.project')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.territory')),
            ],
            options={
                'abstract': False,
            },
            bases=(core.models.pages.PageSubject, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='CapitalisationSheetPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='in one sentence')),
                ('context', wagtail.fields.RichTextField(blank=True, verbose_name='Context')),
                ('actors', wagtail.fields.RichTextField(blank=True, verbose_name='Actors and roles')),
                ('approach', wagtail.fields.RichTextField(blank=True, verbose_name='Approach')),
                ('results', wagtail.fields.RichTextField(blank=True, verbose_name='Results')),
                ('success_factors', wagtail.fields.RichTextField(blank=True, verbose_name='What made it work')),
                ('difficulties', wagtail.fields.RichTextField(blank=True, verbose_name='Difficulties')),
                ('lessons', wagtail.fields.RichTextField(blank=True, verbose_name='Lessons')),
                ('diaspora_value', wagtail.fields.RichTextField(blank=True, verbose_name='What the diaspora added')),
                ('territory_voice', wagtail.fields.RichTextField(blank=True, verbose_name="The territory's voice")),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.organisation')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.project')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.territory')),
            ],
            options={
                'abstract': False,
            },
            bases=(core.models.pages.PageSubject, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='AnnouncementPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='in one sentence')),
                ('body', wagtail.fields.RichTextField(blank=True, verbose_name='text')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.organisation')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.project')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.territory')),
            ],
            options={
                'abstract': False,
            },
            bases=(core.models.pages.PageSubject, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='CharterAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('charter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='core.charter')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='charters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'charter'), name='accepted_once')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_key'], name='follow_subject')],
                'constraints': [models.UniqueConstraint(fields=('person', 'subject_type', 'subject_key'), name='follow_once')],
            },
        ),
        migrations.CreateModel(
            name='ModerationCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('proposal', 'proposal'), ('report', 'report')], max_length=8)),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('declined', 'declined')], default='open', max_length=8)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_key', models.CharField(max_length=40)),
                ('reason', models.TextField(blank=True)),
                ('contact', models.EmailField(blank=True, help_text='where a guest who reported wants the answer', max_length=254)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('answer', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reporter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'moderation case',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['state', 'id'], name='moderation_queue'), models.Index(fields=['subject_type', 'subject_key'], name='moderation_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'report'), ('state', 'open')), fields=('reporter', 'subject_type', 'subject_key'), name='reported_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('template', models.CharField(default='core/mail/entry', max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='core.journalentry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'indexes': [models.Index(fields=['person', '-id'], name='notice_list'), models.Index(fields=['state', 'next_attempt_at'], name='notice_due')],
                'constraints': [models.UniqueConstraint(fields=('person', 'entry'), name='told_once')],
            },
        ),
        migrations.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=80)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'verb'), name='one_preference')],
            },
        ),
        migrations.AddField(
            model_name='Organisation',
            name='members',
            field=models.ManyToManyField(related_name='organisations', through='core.Membership', to=settings.AUTH_USER_MODEL),
        ),
    ]
