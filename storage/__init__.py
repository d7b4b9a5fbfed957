"""How is it kept? SQL files, migrations, COPY in, typed rows out."""
