#!/usr/bin/env bash
# Gives a command a desktop of its own: a session bus, an unlocked keyring and a display. Nothing
# of the person's own session, keyring or data folder is touched.
set -euo pipefail

if [ -z "${METERDESK_SESSION:-}" ]; then
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  mkdir -m 700 "$home/run"
  export METERDESK_SESSION=1 METERDESK_SESSION_HOME=$home
  export HOME=$home XDG_RUNTIME_DIR=$home/run
  export XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
  export TMPDIR=$home/tmp
  mkdir "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$TMPDIR"
  unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
  # Not exec: the trap above removes the folder afterwards. The bus talks into a file of its own.
  dbus-run-session -- "$0" "$@" 9>&2 2>"$home/bus.log"
  exit
fi

exec 2>&9 9>&-

# The keyring of this session alone; its password is nobody's.
printf 'meterdesk' | gnome-keyring-daemon --unlock --components=secrets >/dev/null

# Xvfb chooses a free display and says which.
chosen=$METERDESK_SESSION_HOME/display
mkfifo "$chosen"
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$chosen" 2>"$METERDESK_SESSION_HOME/xvfb.log" &
display_server=$!
trap 'kill "$display_server" 2>/dev/null || true' EXIT
if ! read -r -t 30 number <"$chosen"; then
  echo "Xvfb did not start:" >&2
  cat "$METERDESK_SESSION_HOME/xvfb.log" >&2
  exit 1
fi
export DISPLAY=:$number

# No accessibility bus that would have to be started first. The DMA-BUF renderer stays on: without
# it this WebKitGTK never answers a screenshot.
export NO_AT_BRIDGE=1 GTK_A11Y=none GDK_BACKEND=x11 LANG=C.UTF-8

"$@"
