#!/usr/bin/env bash
# Starts the service named by the first argument in /vertex/storage, after the hooks of whoever runs the container.
# Further arguments are passed on to it.

set -u
service=$1
shift
hooks=/vertex/boothooks

if [ -f $hooks/preboot.sh ]; then
    echo "Executing $hooks/preboot.sh"
    $hooks/preboot.sh
    code=$?
    if [ $code -ne 0 ]; then
        echo "$hooks/preboot.sh script failed with return value $code"
        exit 1
    fi
fi

if [ -f $hooks/concurrent.sh ]; then
    echo "Executing and backgrounding $hooks/concurrent.sh"
    $hooks/concurrent.sh &
fi

exec python -O -m "synapse.servers.$service" /vertex/storage "$@"
