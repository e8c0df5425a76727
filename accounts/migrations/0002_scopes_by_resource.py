"""Tokens say which resources they may read and change; the two old scopes become all of what they allowed."""

import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MEANT = {
    "read": ["tickets:read", "metrics:read", "channels:read"],
    "write": ["tickets:write", "channels:admin", "people:admin"],
}


def widen(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for token in apps.get_model("accounts", "ApiToken").objects.all():
        token.scopes = [scope for old in token.scopes for scope in MEANT.get(old, [old])]
        token.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("tickets:read", "Read tickets, messages and customers"),
                        ("tickets:write", "Answer and change tickets"),
                        ("metrics:read", "Read the measures"),
                        ("channels:read", "Read the channels and their health"),
                        ("channels:admin", "Connect, pause and remove channels"),
                        ("people:admin", "Manage people and teams"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.RunPython(widen, migrations.RunPython.noop),
    ]
