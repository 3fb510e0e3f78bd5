#!/bin/sh
# Make a Chromium available to the browser tests, where that needs no question to anybody.
# Where it cannot, the tests in this folder skip and say so.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests …"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; } >/dev/null 2>&1 && exit 0
fi
echo "No Chromium here and no way to install one: the browser tests will be skipped."
exit 0
