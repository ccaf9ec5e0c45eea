#!/bin/sh
# Starts every validator that does not run yet on this machine; each logs to node.log in its folder. EDGELOOM names the
# program where it is not in the path.
set -eu
cd "$(dirname "$0")"
for node in validator-*; do
    if [ -f "$node/pid" ] && kill -0 "$(cat "$node/pid")" 2>/dev/null; then
        echo "$node runs already"
        continue
    fi
    "$node/start.sh" --log-file "$PWD/$node/node.log" >"$node/out.log" 2>&1 </dev/null &
    echo $! >"$node/pid"
    echo "$node started"
done
