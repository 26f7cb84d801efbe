"""The cache all processes of the web server share: counts of wrong passwords, one-time codes that were used.

Not logged by PostgreSQL: after a crash it is empty, which costs nobody anything, and a guesser's attempts do not
fill the log of the books.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("infra", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE infra_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX infra_cache_by_expiry ON infra_cache (expires);
            """,
            "DROP TABLE infra_cache",
        )
    ]
