import core.models.identity
import core.models.subjects
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Stall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.CharField(default=core.models.identity.new_uid, editable=False, max_length=26, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("keeper", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.project")),
            ],
            options={"abstract": False},
            bases=(core.models.subjects.SubjectModel, models.Model),
        ),
    ]
