// The second host: answers from recorded output of the core, for browser tests and `npm run dev`. What was not recorded
// fails with code "missing" instead of being made up.
//
// Query parameters: recording=<name>, sound=absent|lost, pace=<ms a step of work takes>, fail=check|propose|render,
// start=<view> (opens the session at once), desktop=none (no file manager). `window.plumbTest` lets tests raise events and read what was written.

import type { Document, Finding } from "../../bindings/document";
import type { Settings } from "../../bindings/settings";
import type { Change, Changes, Early, Host, HostError, HostEvents, Master, OnProgress, Outlooks, Preferences, Sound, Which } from "../host";
import { eqCurve, transferCurve } from "./curves";
import { Player } from "./player";
import recordedOutlooks from "./outlooks.json";
import { columnsOf, type RecordedMix, type Recording, recordingOf } from "./recording";
import { emptySession, emptySettings, RecordedSession } from "./session";

const query = new URLSearchParams(globalThis.location?.search ?? "");

function failure(code: HostError["code"], what: string, hint: string, where?: string): HostError {
  return { code, what, hint, ...(where ? { where } : {}) };
}

const notRecorded = (what: string): HostError => failure("missing", `${what} was not recorded`, "run the app to have it measured");

const NO_GAPS = { read_late: 0, ran_dry: 0 };
const READY: Sound = { state: "ready", device: "Recorded", message: "44.1 kHz", gaps: NO_GAPS };

/** What the core says of the masters of the recording (written by a test of the shell). */
const OUTLOOKS = recordedOutlooks as { master: Master; chosen: string[]; outlooks: Outlooks }[];

/** The answer for the recorded master that is nearest in loudness. */
function outlookOf(master: Master, chosen: string[]): Outlooks {
  const distance = (m: Master): number => Math.abs((m.integrated_lufs ?? -70) - (master.integrated_lufs ?? -70)) + (m.bits === master.bits ? 0 : 100);
  const near = OUTLOOKS.filter((o) => o.chosen.length === 0).sort((a, b) => distance(a.master) - distance(b.master))[0];
  if (!near) throw notRecorded("The outlook of this master");
  const asked = OUTLOOKS.find((o) => JSON.stringify(o.master) === JSON.stringify(near.master) && o.chosen.join() === chosen.join());
  return (asked ?? near).outlooks;
}

/** What of a check is said before references, stems and systems are known. */
function earlyOf({ findings, measurements }: Document): Early {
  const own = findings.filter((f) => !/^(tonal|masking|translation)\./.test(f.code));
  return { findings: own, integrated_lufs: measurements.loudness.integrated ?? null, true_peak_dbtp: measurements.true_peak.max.level ?? null };
}

/** Settings without what does not sound. */
function soundOf(s: Settings): string {
  const { eq, dynamics, stereo, limiter, input_gain_db, output_gain_db } = { ...emptySettings(), ...s };
  return JSON.stringify([(eq ?? []).map(({ kind, part, freq_hz, gain_db, q }) => [kind, part ?? "stereo", freq_hz, gain_db ?? 0, q]), dynamics, stereo, limiter, input_gain_db, output_gain_db]);
}

export async function recordedHost(): Promise<Host> {
  const name = query.get("recording") ?? "demo";
  const recording = await recordingOf(name);
  return new Recorded(recording).host();
}

class Recorded {
  readonly session = new RecordedSession();
  readonly handlers = new Map<keyof HostEvents, Set<(payload: never) => void>>();
  readonly cancelled = new Set<string>();
  readonly written = new Map<string, string>();
  /** Files shown in the file manager. */
  readonly shown: string[] = [];
  readonly player: Player;
  readonly pace = Number(query.get("pace") ?? 0);
  sound: Sound = query.get("sound") === "absent" || query.get("sound") === "lost" ? { state: query.get("sound") as "absent" | "lost", message: "no output device answers", gaps: NO_GAPS } : READY;
  checked = new Set<string>();
  preferences: Preferences;

  constructor(readonly r: Recording) {
    this.player = new Player(() => ({ mix: this.mix()?.check ?? null, fixed: this.r.proposals[0]?.measured ?? null }));
    const kept = globalThis.localStorage?.getItem("plumb-preferences");
    this.preferences = kept ? (JSON.parse(kept) as Preferences) : { level_match: true, single_keys: true, keys: {}, render: { format: "wav", depth: 24 }, targets: ["spotify", "apple-music", "youtube"], follow_system: true };
  }

  mix(id = this.session.view.current_mix): RecordedMix | undefined {
    return this.r.mixes.find((m) => m.id === id);
  }

  emit<K extends keyof HostEvents>(event: K, payload: HostEvents[K]): void {
    for (const handler of this.handlers.get(event) ?? []) (handler as (p: HostEvents[K]) => void)(payload);
  }

  /** Work with steps as the core names them. */
  async work<T>(job: string, progress: OnProgress, steps: string[], result: () => T, early?: Early): Promise<T> {
    for (const [id, step] of steps.entries()) {
      progress({ step, id, part: 0, kind: "begin" });
      for (let k = 1; k <= 4; k++) {
        await new Promise((done) => setTimeout(done, this.pace / 4));
        if (this.cancelled.delete(job)) throw failure("cancelled", "stopped on request; nothing was written", "start it again when you like");
        progress({ step, id, part: k / 4, kind: k === 4 ? "end" : "advance" });
      }
      if (id === 0 && early) progress({ step: "", id: 0, part: 0, kind: "found", found: early });
    }
    return result();
  }

  failing(what: string): void {
    if (query.get("fail") === what) throw failure("unreadable", "the data ends 20.4 MB before the header says", "bounce it again, or wait until the bounce is finished", this.mix()?.path);
  }

  open(): void {
    const { title, mixes, references, stems } = this.r;
    const sum = mixes[0]?.check.masking?.sum;
    this.session.reset({
      ...emptySession(),
      title,
      mixes: mixes.map((m) => ({ id: m.id, path: m.path, name: m.name, file: m.file, format: m.format, duration_s: m.duration_s, modified: m.modified, missing: false, verdict: m === mixes[0] ? null : this.verdictOf(m) })),
      current_mix: mixes[0]?.id ?? null,
      references: references.map(({ id, label, name: title2, path, odd }) => ({ id, label, name: title2, path, odd, missing: false })),
      stems: stems ? { folder: stems.folder, files: stems.files, null_db: sum?.residual_db ?? null, sums: sum?.nulls ?? null } : null,
    });
  }

  verdictOf(m: RecordedMix): { level: Document["verdict"]; sentence: string; faults: number; mended: number | null; added: number | null } {
    const older = this.r.mixes[this.r.mixes.indexOf(m) + 1];
    const changes = older ? changesOf(older.check, m.check) : null;
    return { level: m.check.verdict, sentence: m.check.judgement.sentence, faults: m.check.findings.filter((f) => f.status === "fail").length, mended: changes?.mended.length ?? null, added: changes?.new.length ?? null };
  }

  noteChecked(m: RecordedMix): void {
    this.checked.add(m.id);
    const verdict = this.verdictOf(m);
    this.session.note({ document_ready: true, mixes: this.session.view.mixes.map((x) => (x.id === m.id ? { ...x, verdict } : x)) });
    this.emit("session", this.session.view);
  }

  waveOf(which: Which): string | null {
    if (which === "A") return this.mix()?.wave ?? null;
    if (which === "B") return this.session.view.settings.eq?.length ? this.r.fixed_wave : (this.mix()?.wave ?? null);
    return this.r.references.find((x) => x.id === which.r)?.wave ?? null;
  }

  write(path: string, text: string, overwrite: boolean): void {
    if (this.written.has(path) && !overwrite) throw failure("exists", "a file of that name is there already", "choose another name or replace it", path);
    this.written.set(path, text);
  }

  host(): Host {
    const { session, r, player } = this;
    const info = r.catalogue;
    if (query.get("start")) this.open();
    (globalThis as { plumbTest?: unknown }).plumbTest = { emit: this.emit.bind(this), written: this.written, shown: this.shown, player, session };
    const heard = (s: Settings): Document => {
      const found = r.proposals.find((p) => p.document.proposal && soundOf(p.document.proposal.settings) === soundOf(s));
      if (found) return { ...found.measured, verification: found.document.verification, proposal: found.document.proposal };
      const mix = this.mix();
      if (mix && soundOf(s) === soundOf(emptySettings())) return mix.check;
      throw notRecorded("The result of these settings");
    };
    return {
      start: async () => ({ version: info.version, recent: [], preferences: this.preferences, sound: this.sound, open_paths: [], systems: info.systems, deliveries: info.deliveries, exports: info.exports, session: session.view }),
      set_preferences: async (p) => {
        this.preferences = p;
        globalThis.localStorage?.setItem("plumb-preferences", JSON.stringify(p));
      },
      open_demo: (job, progress) =>
        this.work(job, progress, ["Writing the demo song"], () => {
          this.open();
          return session.view;
        }),
      new_session: async () => session.reset(emptySession()),
      open_session: async (path) => {
        if (!path.endsWith(".plumbline")) throw failure("unreadable", "this is no session of Plumbline", "open a file that Plumbline saved", path);
        this.open();
        return session.note({ saved_to: path });
      },
      save_session: async (path) => {
        const to = path ?? session.view.saved_to;
        if (!to) throw failure("missing", "this session was never saved", "choose where to save it");
        this.written.set(to, JSON.stringify(session.view));
        return session.note({ saved_to: to, dirty: false });
      },
      guess: async (paths) =>
        paths.map((path) => {
          if (path.endsWith(".plumbline")) return { path, kind: "session" };
          if (/broken/.test(path)) return { path, kind: "unreadable", message: "no audio format that is known" };
          if (/stem/i.test(path)) return { path, kind: "stems" };
          return { path, kind: r.references.some((x) => x.path === path) || /ref/i.test(path) ? "reference" : "mix" };
        }),
      add_files: async ({ mixes, references, stems }) => {
        const known = [...mixes.filter((p) => r.mixes.some((m) => m.path === p)), ...references.filter((p) => r.references.some((x) => x.path === p)), ...stems];
        if (known.length === 0) throw notRecorded("This file");
        if (session.view.mixes.length === 0) this.open();
        return session.change("Add files", {});
      },
      remove_item: async (id) => {
        const v = session.view;
        if (id === "stems") return session.change("Remove stems", { stems: null, document_ready: false });
        const mixes = v.mixes.filter((m) => m.id !== id);
        return session.change("Remove", { mixes, current_mix: v.current_mix === id ? (mixes[0]?.id ?? null) : (v.current_mix ?? null), references: v.references.filter((x) => x.id !== id) });
      },
      select_mix: async (id) => session.change("Another version", { current_mix: id, document_ready: this.checked.has(id), proposal_ready: false, settings: emptySettings() }),
      set_stage: async (stage) => session.change("Stage", { stage }),
      set_stem_role: async (path, role) => {
        const stems = session.view.stems;
        return session.change("Role", { stems: stems ? { ...stems, files: stems.files.map((f) => (f.path === path ? { ...f, role } : f)) } : null });
      },
      accept: async (code, system, on) => {
        const rest = session.view.accepted.filter((a) => !(a.code === code && (a.system ?? null) === system));
        return session.change(on ? `Accept ${code}` : `Take back ${code}`, { accepted: on ? [...rest, { code, system }] : rest });
      },
      rename_session: async (title) => session.change("Rename", { title }),

      check: (job, progress) => {
        const m = this.mix();
        if (!m) throw notRecorded("This mix");
        const steps = this.checked.has(m.id) ? [] : [`Measuring ${m.file}`, ...r.references.map((x) => `Measuring ${x.label} ${x.name}`), ...(r.stems ? [`Measuring ${r.stems.files.length} stems`, "Who covers whom"] : [])];
        return this.work(job, progress, steps, () => {
          this.failing("check");
          this.noteChecked(m);
          return m.check;
        }, earlyOf(m.check));
      },
      compare_versions: async (older, newer) => {
        const [a, b] = [this.mix(older), this.mix(newer)];
        if (!a || !b) throw notRecorded("This version");
        return changesOf(a.check, b.check);
      },
      propose: (amounts, target, ceiling_dbtp, job, progress) =>
        this.work(job, progress, ["Finding the gain", "Rendering and measuring"], () => {
          this.failing("propose");
          const found = r.proposals.find((p) => JSON.stringify(p.amounts) === JSON.stringify(amounts));
          if (this.session.view.current_mix !== r.mixes[0]?.id || !found?.document.proposal) throw notRecorded("A proposal for this");
          if (target || ceiling_dbtp !== null) throw notRecorded("A proposal for this target");
          const settings = found.document.proposal.settings;
          const snapshots = session.view.snapshots;
          snapshots[0] ??= { name: "Proposal", settings };
          session.change("Proposal", { settings, amounts, snapshots, active_snapshot: 0, proposal_ready: true });
          this.emit("session", session.view);
          return found.document;
        }),
      cancel: async (job) => void this.cancelled.add(job),

      set_settings: async (settings, label, merge) => session.change(label, { settings, active_snapshot: null }, merge),
      undo: async () => session.undo(),
      redo: async () => session.redo(),
      store_snapshot: async (index, title) => {
        const snapshots = session.view.snapshots;
        snapshots[index as 0] = { name: title, settings: session.view.settings };
        return session.change(`Store ${title}`, { snapshots, active_snapshot: index });
      },
      recall_snapshot: async (index) => {
        const s = session.view.snapshots[index as 0];
        return s ? session.change(`Recall ${s.name}`, { settings: s.settings, active_snapshot: index }) : session.view;
      },
      measure_settings: (settings, job, progress) => this.work(job, progress, ["Rendering and measuring"], () => heard(settings)),
      eq_curve: async (settings, count) => eqCurve(settings.eq ?? [], count),
      dynamics_curve: async (settings, band, count) => {
        const d = settings.dynamics?.bands[band];
        return d ? transferCurve(d, count) : Float32Array.from({ length: count }, (_, i) => -60 + (60 * i) / (count - 1));
      },
      render: (settings, options, job, progress) => {
        if (this.written.has(options.path) && !options.overwrite) return Promise.reject(failure("exists", "a file of that name is there already", "choose another name or replace it", options.path));
        return this.work(job, progress, ["Rendering", "Measuring the result"], () => {
          this.failing("render");
          const document = heard(settings);
          this.write(options.path, "audio", true);
          return { path: options.path, document, steps: ["EQ, limiter", options.depth === 32 ? "no dither" : `triangular dither to ${options.depth} bit`] };
        });
      },
      export_settings: async (_, format) => {
        const text = r.exports[format];
        if (text === undefined) throw notRecorded("This export");
        return text;
      },
      outlook: async (master, chosen) => outlookOf(master, chosen),
      show_in_folder: async (path) => {
        if (query.get("desktop") === "none") throw failure("missing", "no file manager answers", "copy the path instead", path);
        this.shown.push(path);
      },
      save_text: async (path, text, overwrite) => this.write(path, text, overwrite),
      write_report: async (path, overwrite) => this.write(path, "report", overwrite),
      save_passage: async (_, start, end, path, overwrite) => this.write(path, `audio ${start} to ${end}`, overwrite),
      explain: async (code) => {
        const text = r.explain[code];
        if (text === undefined) throw notRecorded("The help of this check");
        return text;
      },
      waveform: async (which, start, end, columns) => {
        const near = which === "A" ? this.mix()?.closeups.find((c) => c.start_s <= start + 1e-6 && c.end_s >= end - 1e-6) : undefined;
        if (near) return columnsOf(near.wave, near.end_s - near.start_s, start - near.start_s, end - near.start_s, columns);
        const wave = this.waveOf(which);
        if (!wave) throw notRecorded("This waveform");
        return columnsOf(wave, this.mix()?.duration_s ?? end, start, end, columns);
      },

      play: async () => player.play(),
      pause: async () => player.pause(),
      seek: async (s) => player.seek(s),
      set_loop: async (range) => void (player.loop = range),
      listen: async (side) => {
        player.side = side;
        player.tell();
      },
      set_level_match: async (on) => {
        player.levelMatch = on;
        player.tell();
      },
      set_system: async (system) => session.note({ playback_system: system }),
      set_solo: async () => undefined,
      set_bypass: async () => undefined,
      set_mono: async () => undefined,
      retry_sound: async () => (this.sound = READY),
      watch_playback: async (onFrame) => player.watch(onFrame),

      on: async (event, handler) => {
        const all = this.handlers.get(event) ?? new Set();
        all.add(handler as (p: never) => void);
        this.handlers.set(event, all);
        return () => all.delete(handler as (p: never) => void);
      },
      choose_files: async () => [r.mixes[0]?.path ?? ""],
      choose_folder: async () => r.stems?.folder ?? null,
      choose_save: async (_, suggested) => (suggested.startsWith("/") ? suggested : `/music/${suggested}`),
      log: async () => undefined,
    };
  }
}

/** A change of lean that nobody would act on, range widths; that of the core. */
const SAME_LEAN = 0.1;
const SEVERITY: readonly Finding["status"][] = ["skipped", "pass", "note", "warn", "fail"];

/** Which way a finding went: by its status, and by its lean where that stayed. */
function trendOf(before?: Finding, after?: Finding): Change["trend"] {
  if (!before || !after) return before ? "better" : "worse";
  const step = SEVERITY.indexOf(after.status) - SEVERITY.indexOf(before.status);
  if (step !== 0) return step < 0 ? "better" : "worse";
  if (typeof before.lean !== "number" || typeof after.lean !== "number") return "same";
  const leans = Math.abs(after.lean) - Math.abs(before.lean);
  return leans < -SAME_LEAN ? "better" : leans > SAME_LEAN ? "worse" : "same";
}

/** Two documents held against each other, finding by finding. */
export function changesOf(older: Document, newer: Document): Changes {
  const same = (a: { code: string; system?: string | null }, b: { code: string; system?: string | null }): boolean => a.code === b.code && (a.system ?? null) === (b.system ?? null);
  const entry = (f: Finding, before?: Finding, after?: Finding): Change => ({
    code: f.code,
    system: f.system ?? null,
    title: f.title,
    where: f.where,
    band_hz: f.band_hz ?? null,
    unit: f.unit,
    status: f.status,
    before: before?.value ?? null,
    after: after?.value ?? null,
    trend: trendOf(before, after),
  });
  return {
    mended: older.findings.filter((f) => !newer.findings.some((g) => same(f, g))).map((f) => entry(f, f)),
    new: newer.findings.filter((f) => !older.findings.some((g) => same(f, g))).map((f) => entry(f, undefined, f)),
    remaining: newer.findings.flatMap((f) => {
      const old = older.findings.find((g) => same(f, g));
      return old ? [entry(f, old, f)] : [];
    }),
  };
}
