"""`python -m oxreel` is the `oxreel` command."""

from oxreel.cli.main import main

main()
