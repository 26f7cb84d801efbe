"""The embedded PostgreSQL: a database server of our own, for everyone who has none to spare.

Words: *programs* are the executables of PostgreSQL (from a wheel, or from `KULANZ_PG_BIN`); the *cluster* is
the folder with the data, bound to one *major version*; the *account* is who the server runs as, because
PostgreSQL does not run as root; the *socket folder* is the only way in, and only its owner (and root) can
enter it.

Knows nothing of Django and nothing of the tables. docs/database.md tells operators the same from outside.
"""

from kulanz.infra.postgres.refusals import (
    DatabaseNewerThanPrograms,
    DatabaseOfOlderVersion,
    DatabaseTrouble,
    DatabaseUpToDate,
    DataFolderNotWritable,
    DataFolderOfAnotherAccount,
    DataFolderOutOfReach,
    NoAccountForPostgres,
    NoDatabaseYet,
    NoEmbeddedDatabaseHere,
    OldProgramsNotFound,
    ProgramsNotFound,
    ProgramsTooOld,
    SocketFolderTaken,
)
from kulanz.infra.postgres.server import EmbeddedPostgres

__all__ = [
    "DataFolderNotWritable",
    "DataFolderOfAnotherAccount",
    "DataFolderOutOfReach",
    "DatabaseNewerThanPrograms",
    "DatabaseOfOlderVersion",
    "DatabaseTrouble",
    "DatabaseUpToDate",
    "EmbeddedPostgres",
    "NoAccountForPostgres",
    "NoDatabaseYet",
    "NoEmbeddedDatabaseHere",
    "OldProgramsNotFound",
    "ProgramsNotFound",
    "ProgramsTooOld",
    "SocketFolderTaken",
]
