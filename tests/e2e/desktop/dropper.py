"""A file manager's part of a drag: a small window from which files can be dragged, as another program would offer them.

dropper.py X Y FILE...: says "ready" once it is on the screen, and how the drag ended, then ends.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def main() -> None:
    x, y, *files = sys.argv[1:]
    uris = [Path(file).resolve().as_uri() for file in files]
    # No window manager is there that would place it.
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.move(int(x), int(y))
    window.resize(60, 60)
    source = Gtk.EventBox()
    window.add(source)
    offered = [Gtk.TargetEntry.new("text/uri-list", 0, 0)]
    source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, offered, Gdk.DragAction.COPY)
    source.connect("drag-data-get", lambda _source, _context, data, _info, _time: data.set_uris(uris))

    def failed(*_: object) -> bool:
        print("refused", flush=True)
        return False

    def ended(*_: object) -> None:
        print("ended", flush=True)
        Gtk.main_quit()

    source.connect("drag-failed", failed)
    source.connect("drag-end", ended)
    window.connect("map-event", lambda *_: print("ready", flush=True))
    window.show_all()
    Gtk.main()


main()
