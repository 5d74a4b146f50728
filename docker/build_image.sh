#!/usr/bin/env bash
# Build the image of one service on top of vertexproject/synapse:TAG. Usage: docker/build_image.sh IMAGE [TAG]

set -eu
image=${1:?Usage: docker/build_image.sh IMAGE [TAG]}
tag=${2:-dev_build}
cd "$(dirname "$0")/.."

if [ "$image" = synapse ]; then
    echo 'The base image is built by docker/build_all.sh.' >&2
    exit 1
fi
if [ ! -d "docker/images/$image" ]; then
    echo "docker/images/$image does not exist." >&2
    exit 1
fi
docker build --network host --build-arg TAG="$tag" -t "vertexproject/synapse-$image:$tag" \
    -f "docker/images/$image/Dockerfile" .
