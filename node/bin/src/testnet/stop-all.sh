#!/bin/sh
# Has every validator of this machine stop, and waits until all have.
set -eu
cd "$(dirname "$0")"
for node in validator-*; do
    [ -f "$node/pid" ] && kill -TERM "$(cat "$node/pid")" 2>/dev/null || continue
done
for node in validator-*; do
    [ -f "$node/pid" ] || continue
    while kill -0 "$(cat "$node/pid")" 2>/dev/null; do
        sleep 0.1
    done
    rm -f "$node/pid"
    echo "$node stopped"
done
