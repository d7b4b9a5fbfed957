"""What the subcommands do, once the command line is parsed."""
