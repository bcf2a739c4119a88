"""
The local preview: the message that would be pushed, shown as every reader will see it, while it is typed.

A side track of the road: it composes and checks by the same functions as every command, shows what comes of
it, and changes nothing. It can send nothing either: it knows no provider, and makes no connection.
"""
