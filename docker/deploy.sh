#!/usr/bin/env bash
# Bring up AHA, an Axon, a JSONStor, a Cortex and its mirror on this host with docker-compose, and use them:
# users, a backup, an enrolled client, a promotion. What docs/deployment.md tells, in one go.
#
# Usage: docker/deploy.sh up [NETWORK] [DIR]      NETWORK: name of the AHA network (demo.net), DIR: /srv/syn
#        docker/deploy.sh down [NETWORK] [DIR]    stop the containers; the data stay in DIR
# Needs docker, docker-compose, and the images (docker/build_all.sh v2.x.x). Storage belongs to uid 999: run as root.

set -euo pipefail
action=${1:?Usage: docker/deploy.sh up|down [NETWORK] [DIR]}
net=${2:-demo.net}
dir=${3:-/srv/syn}
here=$(cd "$(dirname "$0")" && pwd)
services='aha 00.axon 00.jsonstor 00.cortex 01.cortex'

say() { printf '\n== %s\n' "$*"; }

# run a command inside the container of a service
inside() {
    local name=$1
    shift
    (cd "$dir/$name" && docker-compose exec -T "$name" "$@")
}

# create the folder of a service, start it, wait until it is well. Usage: start NAME [URL]
start() {
    local name=$1 url=${2:-}
    mkdir -p "$dir/$name/storage"
    chown -R 999 "$dir/$name/storage"
    url=$(printf '%s' "$url" | sed 's/[&|\\]/\\&/g')
    sed -e "s|ssl://aha.<yournetwork>:27272/<guid>?certhash=<sha256>|$url|" -e "s|<yournetwork>|$net|g" \
        "$here/compose/$name/docker-compose.yaml" > "$dir/$name/docker-compose.yaml"
    # one host without DNS: everybody finds AHA here
    cat > "$dir/$name/docker-compose.override.yaml" << YAML
version: "3.3"
services:
  $name:
    extra_hosts: ["aha.$net:127.0.0.1"]
YAML
    (cd "$dir/$name" && docker-compose up -d)
    for _ in $(seq 60); do
        if inside "$name" python -m synapse.tools.healthcheck -c cell:///vertex/storage/ > /dev/null 2>&1; then
            return
        fi
        sleep 1
    done
    (cd "$dir/$name" && docker-compose logs --tail 50)
    echo "$name does not come up" >&2
    exit 1
}

# get a one-time URL from AHA. Usage: provision service|user ARGS...
provision() {
    local kind=$1
    shift
    inside aha python -m "synapse.tools.aha.provision.$kind" "$@" | sed -n 's/^one-time use URL: //p'
}

# run a tool as somebody outside of all services, whose home is $dir/visi
client() {
    docker run --rm --network host --add-host "aha.$net:127.0.0.1" -v "$dir/visi:/root" \
        vertexproject/synapse:v2.x.x "$@"
}

if [ "$action" = down ]; then
    for name in $services; do
        if [ -f "$dir/$name/docker-compose.yaml" ]; then
            (cd "$dir/$name" && docker-compose down)
        fi
    done
    exit
fi

say 'AHA'
start aha

for name in 00.axon 00.jsonstor 00.cortex; do
    say "$name"
    start $name "$(provision service $name)"
done
say '01.cortex, a mirror'
start 01.cortex "$(provision service 01.cortex --mirror cortex)"
inside aha python -m synapse.tools.aha.list cell:///vertex/storage

say 'a user, enrolled from outside'
inside 00.cortex python -m synapse.tools.moduser --add --admin true visi
mkdir -p "$dir/visi"
client python -m synapse.tools.aha.enroll "$(provision user visi --again)"
client python -m synapse.tools.storm aha://cortex... '[ inet:fqdn=vertex.link ]'

say 'a backup of the live Cortex'
inside 00.cortex python -m synapse.tools.livebackup

say 'the mirror becomes the leader'
inside 01.cortex python -m synapse.tools.promote
client python -m synapse.tools.storm aha://cortex... '[ inet:fqdn=www.vertex.link ]'
client python -m synapse.tools.storm aha://00.cortex... 'inet:fqdn:zone=vertex.link'
inside aha python -m synapse.tools.aha.list cell:///vertex/storage

say "all is well; docker/deploy.sh down $net $dir stops it"
