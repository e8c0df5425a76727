"""What search needs: extensions, a text configuration without accents, and its indexes."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION parley (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION parley ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_list_orders")]
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION parley"),
        migrations.AddIndex("message", GinIndex(SearchVector("text", config="parley"), name="message_words")),
        migrations.AddIndex("ticket", GinIndex(SearchVector("subject", config="parley"), name="ticket_words")),
        migrations.AddIndex("identity", GinIndex(OpClass(F("name"), "gin_trgm_ops"), name="identity_name_like")),
        migrations.AddIndex("identity", GinIndex(OpClass(F("handle"), "gin_trgm_ops"), name="identity_handle_like")),
    ]
