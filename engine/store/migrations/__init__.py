"""The steps from one layout of the tables to the next, in Alembic's form; they never rewrite history rows."""
