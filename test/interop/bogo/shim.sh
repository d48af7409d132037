#!/bin/sh
# What the runner starts for each test: the compiled shim on this project's runtime.
exec "${NODE:-node}" "$(dirname "$0")/../../../dist/test/interop/bogo/shim.js" "$@"
