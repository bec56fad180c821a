#!/bin/sh
# Puts MotionStudio into this user's menu and lets it open .motion projects; --remove takes it out.
set -eu
bundle=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/motionstudio.desktop
kind=$data/mime/packages/motionstudio-mime.xml
icon=$data/icons/hicolor/scalable/apps/motionstudio.svg

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$kind" "$icon"
else
    mkdir -p "$(dirname "$entry")" "$(dirname "$kind")" "$(dirname "$icon")"
    escaped=$(printf '%s' "$bundle" | sed 's/[\\&|]/\\&/g')
    sed "s|@BUNDLE@|$escaped|" "$bundle/menu/motionstudio.desktop" >"$entry"
    cp "$bundle/menu/motionstudio-mime.xml" "$kind"
    cp "$bundle/menu/motionstudio.svg" "$icon"
fi
if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime"; fi
if command -v update-desktop-database >/dev/null; then
    update-desktop-database "$data/applications"
fi
