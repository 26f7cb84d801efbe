"""`python -m kulanz.cli`: how the program starts itself in the background."""

from kulanz.cli.main import main

main()
