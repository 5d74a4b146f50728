#!/usr/bin/env bash
# Build all images. Usage: docker/build_all.sh [--wheels] [TAG]
#   --wheels   fetch the dependencies with the python3 of this host, which must be that of the image (3.11), and
#              install from them: for builds without a network

set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --wheels ]; then
    shift
    rm -rf docker/wheels
    trap 'rm -rf docker/wheels' EXIT
    "${PYTHON:-python3}" -m pip wheel --quiet --disable-pip-version-check -w docker/wheels '.[s3]'
fi
tag=${1:-}
if [ -z "$tag" ]; then
    tag=dev_build
    echo "Tag not provided, defaulting tag to $tag"
fi

docker build --network host -t "vertexproject/synapse:$tag" -f docker/images/synapse/Dockerfile .
for image in aha axon cortex jsonstor stemcell; do
    docker/build_image.sh $image "$tag"
done
