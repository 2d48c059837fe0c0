#!/bin/sh
# install.sh: puts the static binary on the path. The caller knows the SHA-256 of the archive; nothing else is believed.
#
# Reads   GATEWRIGHT_ARCHIVE (https://…, or a file), GATEWRIGHT_SHA256 (64 hex digits)
# Writes  the binary below GATEWRIGHT_FOLDER, and that folder to GITHUB_PATH where there is one
set -eu

fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

archive=${GATEWRIGHT_ARCHIVE:?where gatewright-VERSION-TARGET.tar.gz is: https://… or a file}
sum=${GATEWRIGHT_SHA256:?the SHA-256 of the archive, in hex}
folder=${GATEWRIGHT_FOLDER:?where the binary goes}

[ "${#sum}" -eq 64 ] || fail "GATEWRIGHT_SHA256 has ${#sum} characters; a SHA-256 has 64"
mkdir -p "$folder"
case $archive in
https://*) curl --proto =https --tlsv1.2 --location --fail --silent --show-error --max-time 300 --retry 2 --output "$folder/archive.tar.gz" "$archive" ;;
*://*) fail "$archive is not https" ;;
*) cp "$archive" "$folder/archive.tar.gz" ;;
esac
printf '%s  %s\n' "$sum" "$folder/archive.tar.gz" | sha256sum --check --strict --quiet >&2 ||
    fail "the archive is not the one whose SHA-256 is known; it was not unpacked"
tar --extract --gzip --file "$folder/archive.tar.gz" --directory "$folder" --strip-components=1 --no-same-owner
rm "$folder/archive.tar.gz"
"$folder/gatewright" --version
if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$folder" >> "$GITHUB_PATH"; fi
