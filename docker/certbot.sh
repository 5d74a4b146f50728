#!/usr/bin/env bash
# A preboot hook: gets a certificate for HTTPS from Let's Encrypt, and renews it at each start.
#
# Copy it to boothooks/preboot.sh and make it executable. The container needs port 80 (run it as root, or map the port).
#   CERTBOT_HOSTNAME   the DNS name of the service
#   CERTBOT_EMAIL      whom to tell of problems
#   CERTBOT_ARGS       further arguments of certbot, if any
# Mount /vertex/preboot as a volume to keep certbot and its account.

set -u
for name in CERTBOT_HOSTNAME CERTBOT_EMAIL; do
    if [ -z "${!name:-}" ]; then
        echo "$name env var is unset"
        exit 1
    fi
done

base=/vertex/preboot/letsencrypt
live=$base/conf/live/$CERTBOT_HOSTNAME
dirs="--config-dir $base/conf --logs-dir $base/logs --work-dir $base/work"
mkdir -p $base/conf $base/logs $base/work || exit 1

if [ ! -x $base/venv/bin/certbot ]; then
    python3 -m venv --copies $base/venv || exit 1
    $base/venv/bin/python -m pip install 'certbot>=2.6,<6' || exit 1
fi

if [ ! -f "$live/privkey.pem" ]; then
    if ! $base/venv/bin/certbot certonly $dirs --non-interactive --agree-tos --standalone \
        --preferred-challenges http-01 -m "$CERTBOT_EMAIL" -d "$CERTBOT_HOSTNAME" ${CERTBOT_ARGS:-}; then
        echo 'Error running certbot'
        exit 1
    fi
fi

if ! $base/venv/bin/certbot renew $dirs --standalone ${CERTBOT_ARGS:-}; then
    echo 'Error checking certificate renewal'
    exit 1
fi

cp "$live/privkey.pem" /vertex/storage/sslkey.pem || exit 1
cp "$live/fullchain.pem" /vertex/storage/sslcert.pem || exit 1
echo 'Done setting up HTTPS certificates'
