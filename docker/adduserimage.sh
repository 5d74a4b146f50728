#!/usr/bin/env bash
# Add a user and a group to an image. Usage: adduserimage.sh SRCIMAGE [NAME=altuser] [ID=8888] [SUFFIX=NAME]

set -e
src=${1:-}
name=${2:-altuser}
id=${3:-8888}
suffix=${4:-$name}

if [ -z "$src" ]; then
    echo 'Usage: srcImage name id suffix'
    echo 'srcImage required.'
    exit 1
fi

echo "Add user/group $name with $id into $src, creating: $src-$suffix"
cat > ./Dockerfile << DOCKERFILE
FROM $src
RUN set -ex \\
&& groupadd -g $id $name \\
&& useradd -r --home-dir=/home/$name -u $id -g $name --shell /bin/bash $name \\
&& mkdir -p /home/$name \\
&& chown $id:$id /home/$name
DOCKERFILE
docker build -t "$src-$suffix" -f ./Dockerfile .
rm ./Dockerfile
