from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_search_words")]

    operations = [
        migrations.AddField(
            model_name="scheduledrun",
            name="task_id",
            field=models.CharField(blank=True, help_text="the run enqueued last", max_length=64),
        ),
    ]
