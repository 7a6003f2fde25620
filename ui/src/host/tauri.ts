// The host of the desktop app: each call is one command of the shell with the same name.

import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open, save } from "@tauri-apps/plugin-dialog";
import type { Host, HostError, HostEvents, OnProgress, PlaybackFrame, ProgressEvent } from "./host";
import { frameOf, isHostError } from "./host";

const AUDIO = ["wav", "wave", "aif", "aiff", "aifc", "flac", "mp3", "m4a", "aac", "ogg", "oga", "opus", "caf", "mp4", "plumbline"];

/** Anything thrown, in the shape that the window shows. */
function asHostError(e: unknown): HostError {
  if (isHostError(e)) return e;
  return { code: "bug", what: e instanceof Error ? e.message : String(e), hint: "try again; if it stays, report it" };
}

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (e) {
    throw asHostError(e);
  }
}

function channel(progress: OnProgress): Channel<ProgressEvent> {
  const out = new Channel<ProgressEvent>();
  out.onmessage = progress;
  return out;
}

/** Bytes of little-endian f32 as numbers. */
async function numbers(command: string, args: Record<string, unknown>): Promise<Float32Array> {
  return floats(await call<ArrayBuffer | number[]>(command, args));
}

function floats(bytes: ArrayBuffer | number[]): Float32Array {
  const buffer = bytes instanceof ArrayBuffer ? bytes : new Uint8Array(bytes).buffer;
  return new Float32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
}

async function dragEvents(handler: (e: HostEvents["drag"]) => void): Promise<() => void> {
  // "over" comes without paths; those of "enter" stay true until the pointer leaves.
  let paths: string[] = [];
  return getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === "leave") return handler({ kind: "leave" });
    if (payload.type !== "over") paths = payload.paths;
    const { x, y } = payload.position;
    const scale = window.devicePixelRatio || 1;
    handler({ kind: payload.type === "drop" ? "drop" : "over", paths, x: x / scale, y: y / scale });
  });
}

/** The shell under Tauri. */
export function tauriHost(): Host {
  return {
    start: () => call("start"),
    set_preferences: (preferences) => call("set_preferences", { preferences }),

    open_demo: (job, progress) => call("open_demo", { job, progress: channel(progress) }),
    new_session: () => call("new_session"),
    open_session: (path) => call("open_session", { path }),
    save_session: (path) => call("save_session", { path: path ?? null }),
    guess: (paths) => call("guess", { paths }),
    add_files: (files) => call("add_files", { files }),
    remove_item: (id) => call("remove_item", { id }),
    select_mix: (id) => call("select_mix", { id }),
    set_stage: (stage) => call("set_stage", { stage }),
    set_stem_role: (path, role) => call("set_stem_role", { path, role }),
    accept: (code, system, on) => call("accept", { code, system, on }),
    rename_session: (title) => call("rename_session", { title }),

    check: (job, progress) => call("check", { job, progress: channel(progress) }),
    compare_versions: (older, newer) => call("compare_versions", { older, newer }),
    propose: (amounts, target, ceilingDbtp, job, progress) =>
      call("propose", { amounts, target, ceilingDbtp, job, progress: channel(progress) }),
    cancel: (job) => call("cancel", { job }),

    set_settings: (settings, label, merge) => call("set_settings", { settings, label, merge }),
    undo: () => call("undo"),
    redo: () => call("redo"),
    store_snapshot: (index, name) => call("store_snapshot", { index, name }),
    recall_snapshot: (index) => call("recall_snapshot", { index }),
    measure_settings: (settings, job, progress) => call("measure_settings", { settings, job, progress: channel(progress) }),
    eq_curve: (settings, count) => numbers("eq_curve", { settings, count }),
    dynamics_curve: (settings, band, count) => numbers("dynamics_curve", { settings, band, count }),

    render: (settings, options, job, progress) => call("render", { settings, options, job, progress: channel(progress) }),
    export_settings: (settings, format) => call("export_settings", { settings, format }),
    outlook: (master, chosen) => call("outlook", { master, chosen }),
    show_in_folder: (path) => call("show_in_folder", { path }),
    save_text: (path, text, overwrite) => call("save_text", { path, text, overwrite }),
    write_report: (path, overwrite) => call("write_report", { path, overwrite }),
    save_passage: (which, startS, endS, path, overwrite) => call("save_passage", { which, startS, endS, path, overwrite }),
    explain: (code) => call("explain", { code }),
    waveform: (which, startS, endS, columns) => numbers("waveform", { which, startS, endS, columns }),

    play: () => call("play"),
    pause: () => call("pause"),
    seek: (positionS) => call("seek", { positionS }),
    set_loop: (range) => call("set_loop", { range }),
    listen: (side, reference) => call("listen", { side, reference: reference ?? null }),
    set_level_match: (on) => call("set_level_match", { on }),
    set_system: (name) => call("set_system", { name }),
    set_solo: (bandHz) => call("set_solo", { bandHz }),
    set_bypass: (on) => call("set_bypass", { on }),
    set_mono: (on) => call("set_mono", { on }),
    retry_sound: () => call("retry_sound"),
    async watch_playback(onFrame: (frame: PlaybackFrame) => void) {
      const frames = new Channel<ArrayBuffer | number[]>();
      let on = true;
      frames.onmessage = (bytes) => {
        if (on) onFrame(frameOf(floats(bytes)));
      };
      await call("watch_playback", { frames });
      return () => {
        on = false;
      };
    },

    async on(event, handler) {
      if (event === "drag") return dragEvents(handler as (e: HostEvents["drag"]) => void);
      return listen<HostEvents[typeof event]>(event, ({ payload }) => handler(payload));
    },
    async choose_files(title, kind) {
      const filters = kind === "audio" ? [{ name: "Audio and sessions", extensions: AUDIO }] : [];
      return (await open({ title, multiple: true, directory: false, filters })) ?? [];
    },
    choose_folder: (title) => open({ title, multiple: false, directory: true }),
    choose_save: (title, suggested, extensions) =>
      save({ title, defaultPath: suggested, filters: extensions.map((e) => ({ name: e.toUpperCase(), extensions: [e] })) }),
    log: (line) => call("log", { line }),
  };
}
