"""The simulator of the demo survey."""

# The file that it leaves in the survey's folder.
SOURCE_FILE = "source.sav"
