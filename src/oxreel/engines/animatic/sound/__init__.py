"""The sound of an animatic: what is heard in its shots, what is said in them, and the master of both.

`soundtrack.soundtrack_of` makes it. Nothing is loaded here: the API asks `dialogue.lines_too_long`, and its process
must stay small.
"""
