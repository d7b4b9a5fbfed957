"""`python -m luchtbrug`: the command, also where its script is not on the path."""

from luchtbrug.cli import main

main()
