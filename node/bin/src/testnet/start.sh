#!/bin/sh
# Runs {name} in the foreground until it is told to stop (SIGTERM, or Ctrl-C). More options of `edgeloom run` may follow.
set -eu
cd "$(dirname "$0")"
exec "${EDGELOOM:-edgeloom}" run --config config.toml "$@"
