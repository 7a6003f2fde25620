"""A file manager that shows nothing: takes its name on the session bus and prints the address of each file it is to show."""

from gi.repository import Gio, GLib

NAME = "org.freedesktop.FileManager1"
INTERFACE = Gio.DBusNodeInfo.new_for_xml(
    f"<node><interface name='{NAME}'><method name='ShowItems'>"
    "<arg type='as' direction='in'/><arg type='s' direction='in'/></method></interface></node>"
).interfaces[0]


def asked(_bus, _sender, _path, _interface, _method, arguments, answer) -> None:
    for address in arguments.unpack()[0]:
        print(address, flush=True)
    answer.return_value(None)


def main() -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    bus.register_object("/org/freedesktop/FileManager1", INTERFACE, asked, None, None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready", flush=True), None)
    GLib.MainLoop().run()


main()
