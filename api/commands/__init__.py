"""The commands of `baton`; each file holds a group and names its commands in COMMANDS."""
