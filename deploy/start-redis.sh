#!/bin/sh
# The command line of a process is for everybody to read, so Redis is given its password with the rest of its
# configuration on standard input. Nothing of it must be kept: no snapshots, no append-only file.
exec redis-server "$@" - <<CONFIGURATION
requirepass "$REDISCLI_AUTH"
save ""
appendonly no
CONFIGURATION
