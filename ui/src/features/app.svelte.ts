// What the window knows: the session as the host last told it, the documents of the current mix, what is looked at.
// Truth lives with the host; nothing here is changed without asking it first.

import type { Document } from "../bindings/document";
import type { EqBand, Settings } from "../bindings/settings";
import type { Amounts, Changes, Early, Host, HostError, Preferences, ProgressEvent, Rendered, RenderOptions, SessionView, StartInfo } from "../host/host";
import { isHostError } from "../host/host";
import { type Group, groupsOf, type Row } from "./check/rows";

export const VIEWS = ["ready", "compare", "translate", "masking", "fix", "deliver"] as const;
export type View = (typeof VIEWS)[number];
export const VIEW_TITLES: Record<View, string> = {
  ready: "Ready?",
  compare: "Compare",
  translate: "Translate",
  masking: "Masking",
  fix: "Fix",
  deliver: "Deliver",
};

export interface Step {
  id: number;
  step: string;
  part: number;
  done: boolean;
  started: number;
  ended?: number;
}

export type JobKind = "demo" | "check" | "propose" | "measure" | "render";

/** Long work under way. */
export class Job {
  readonly started = performance.now();
  steps = $state<Step[]>([]);
  cancelling = $state(false);
  /** What was found while it is still under way. */
  found = $state.raw<Early | null>(null);
  constructor(
    readonly id: string,
    readonly kind: JobKind,
    readonly title: string,
  ) {}

  take = (e: ProgressEvent): void => {
    if (e.kind === "found") {
      this.found = e.found ?? null;
      return;
    }
    const known = this.steps.find((s) => s.id === e.id);
    if (e.kind === "begin" || !known) {
      if (!known) this.steps.push({ id: e.id, step: e.step, part: e.part, done: false, started: performance.now() });
      return;
    }
    known.part = e.kind === "end" ? 1 : e.part;
    if (e.kind === "end") {
      known.done = true;
      known.ended = performance.now();
    }
  };
}

export interface Toast {
  text: string;
  kind: "note" | "warn" | "fail";
  action?: { label: string; run: () => void } | undefined;
  /** Asks something, so it stays until it is dismissed. */
  sticky: boolean;
}

export interface Question {
  title: string;
  text: string;
  /** The safe choice first: it is primary and focused. */
  choices: { label: string; run: () => void }[];
}

export type Overlay = "palette" | "keys" | "preferences" | "systems" | null;

/** Wait after an edit before it is measured again, ms. */
const REST_MS = 250;

let jobs = 0;

export class App {
  info = $state.raw<StartInfo | null>(null);
  session = $state.raw<SessionView | null>(null);
  preferences = $state.raw<Preferences | null>(null);
  /** Check of the current mix. */
  doc = $state.raw<Document | null>(null);
  /** The mix with the current settings, measured; with the proposal where there is one. */
  after = $state.raw<Document | null>(null);
  /** The settings have changed since `after` was measured. */
  afterOld = $state(false);
  /** Why the settings could not be measured or proposed. */
  afterProblem = $state.raw<HostError | null>(null);
  /** The proposal, kept to go back to and to name reasons by. */
  proposal = $state.raw<Document | null>(null);
  rendered = $state.raw<(Rendered & { at: number }) | null>(null);
  changes = $state.raw<{ older: string; newer: string; changes: Changes } | null>(null);
  view = $state<View>("ready");
  /** Key of the finding that is looked at. */
  selected = $state<string | null>(null);
  jobs = $state.raw<Job[]>([]);
  /** A failure that takes the place of the view. */
  error = $state.raw<(HostError & { retry?: () => void }) | null>(null);
  toast = $state.raw<Toast | null>(null);
  question = $state.raw<Question | null>(null);
  overlay = $state<Overlay>(null);
  /** Spoken politely, at once. */
  spoken = $state("");
  /** Equaliser bands that are switched off: they are no part of the settings until they are switched on again. */
  parked = $state.raw<EqBand[]>([]);
  /** Counts up when more of a waveform is there: pictures ask again. */
  waves = $state(0);
  /** Which panel of Masking is open. */
  stemsOpen = $state(false);

  readonly rows = $derived.by<{ groups: Group[]; accepted: Row[] }>(() =>
    this.doc ? groupsOf(this.doc, this.session?.accepted ?? []) : { groups: [], accepted: [] },
  );
  readonly allRows = $derived(this.rows.groups.flatMap((g) => g.rows));
  readonly row = $derived(this.allRows.find((r) => r.key === this.selected) ?? this.allRows[0] ?? null);
  readonly mix = $derived(this.session?.mixes.find((m) => m.id === this.session?.current_mix) ?? null);
  readonly duration = $derived(this.doc?.input.duration_s ?? this.mix?.duration_s ?? 0);
  readonly hasMix = $derived((this.session?.mixes.length ?? 0) > 0);

  #toastTimer: ReturnType<typeof setTimeout> | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #edits = 0;
  /** What the last check was asked about: it is under way, done or failed, and is not asked again by itself. */
  #tried = "";

  constructor(readonly host: Host) {}

  job(kind: JobKind): Job | null {
    return this.jobs.find((j) => j.kind === kind) ?? null;
  }

  // ------------------------------------------------------------------------------------------------- talking to the host

  /** Shows a failure: cancelled is none; what has a place to be shown in says so there instead of calling this. */
  fail = (e: unknown): void => {
    const error = asError(e);
    if (error.code === "cancelled") return;
    this.say(`${error.what}. ${capitalHint(error.hint)}`, "fail", true);
    void this.host.log(`${error.code}: ${error.what} (${error.where ?? ""})`).catch(() => undefined);
  };

  say(text: string, kind: Toast["kind"] = "note", sticky = false, action?: Toast["action"]): void {
    clearTimeout(this.#toastTimer);
    this.toast = { text, kind, sticky: sticky || action !== undefined, action };
    if (kind !== "fail") this.spoken = text;
    if (!this.toast.sticky) this.#toastTimer = setTimeout(() => (this.toast = null), 5000);
  }

  /** Asks the host for a change of the session. */
  change = async (ask: Promise<SessionView>): Promise<boolean> => {
    try {
      await this.take(await ask);
      return true;
    } catch (e) {
      this.fail(e);
      return false;
    }
  };

  /** Long work of a kind; a newer one of the same kind stops the older. */
  async work<T>(kind: JobKind, title: string, run: (job: string, progress: (e: ProgressEvent) => void) => Promise<T>): Promise<T> {
    const running = this.job(kind);
    if (running) void this.host.cancel(running.id).catch(() => undefined);
    jobs += 1;
    const job = new Job(`${kind}-${jobs}`, kind, title);
    this.jobs = [...this.jobs.filter((j) => j.kind !== kind), job];
    try {
      return await run(job.id, job.take);
    } finally {
      this.jobs = this.jobs.filter((j) => j !== job);
    }
  }

  cancel = (kind?: JobKind): boolean => {
    const job = kind ? this.job(kind) : (this.jobs.find((j) => j.kind !== "measure") ?? null);
    if (!job) return false;
    job.cancelling = true;
    void this.host.cancel(job.id).catch(() => undefined);
    return true;
  };

  // ------------------------------------------------------------------------------------------------------------ session

  /** Takes a new view of the session in, and does what it asks for: check a new mix, measure changed settings. */
  async take(next: SessionView): Promise<void> {
    const before = this.session;
    this.session = next;
    const another = before?.current_mix !== next.current_mix;
    if (another || next.mixes.length === 0) {
      this.doc = null;
      this.after = null;
      this.proposal = null;
      this.rendered = null;
      this.parked = [];
      this.error = null;
    }
    const wanted = checkKey(next);
    if (next.current_mix && (another || (!next.document_ready && wanted !== this.#tried))) {
      await this.check();
    } else if (before && JSON.stringify(before.settings) !== JSON.stringify(next.settings)) {
      this.measureSoon();
    }
  }

  async check(): Promise<void> {
    const mix = this.mix;
    if (!mix || !this.session) return;
    this.#tried = checkKey(this.session);
    this.error = null;
    try {
      const doc = await this.work("check", `Checking ${mix.name}`, (job, progress) => this.host.check(job, progress));
      if (this.mix?.id !== mix.id) return;
      this.doc = doc;
      if (!this.selected || !this.allRows.some((r) => r.key === this.selected)) this.selected = this.allRows[0]?.key ?? null;
      this.spoken = doc.judgement.sentence;
      if (this.session?.proposal_ready) this.measureSoon(0);
      else if ((this.session?.references.length ?? 0) > 0) await this.propose();
    } catch (e) {
      const error = asError(e);
      if (error.code === "cancelled") {
        if (!this.doc) this.error = { ...error, what: "Not checked", hint: "check it when you are ready", retry: () => void this.check() };
      } else this.error = { ...error, retry: () => void this.check() };
    }
  }

  async openDemo(): Promise<void> {
    try {
      const view = await this.work("demo", "Making the demo song", (job, progress) => this.host.open_demo(job, progress));
      this.view = "ready";
      await this.take(view);
    } catch (e) {
      this.fail(e);
    }
  }

  async openSession(path: string): Promise<void> {
    this.view = "ready";
    await this.change(this.host.open_session(path));
  }

  /** Files that were dropped or opened, each taken for what it seems to be or for what it was dropped on. */
  async openPaths(paths: string[], as?: "mix" | "reference" | "stems"): Promise<void> {
    if (paths.length === 0) return;
    try {
      const guesses = await this.host.guess(paths);
      const session = guesses.find((g) => g.kind === "session");
      if (session) return await this.openSession(session.path);
      const bad = guesses.filter((g) => g.kind === "unreadable");
      const first = bad[0];
      if (first && bad.length === guesses.length) {
        this.error = { code: "unreadable", what: first.message ?? "This file cannot be read", where: first.path, hint: "drop a WAV, AIFF, FLAC, MP3, AAC or Ogg file" };
        return;
      }
      const kind = (g: (typeof guesses)[number]): string => as ?? g.kind;
      const of = (k: string): string[] => guesses.filter((g) => g.kind !== "unreadable" && kind(g) === k).map((g) => g.path);
      if (first) this.say(`${first.path}: ${first.message ?? "cannot be read"}`, "warn");
      await this.change(this.host.add_files({ mixes: of("mix"), references: of("reference"), stems: of("stems") }));
    } catch (e) {
      this.fail(e);
    }
  }

  async save(as = false): Promise<void> {
    const session = this.session;
    if (!session) return;
    let path: string | undefined = session.saved_to ?? undefined;
    if (as || !path) {
      path = (await this.host.choose_save("Save the session", `${session.title || "Session"}.plumbline`, ["plumbline"])) ?? undefined;
      if (!path) return;
    }
    if (await this.change(this.host.save_session(path))) this.say("Session saved");
  }

  async compareVersions(older: string, newer: string): Promise<void> {
    try {
      this.changes = { older, newer, changes: await this.host.compare_versions(older, newer) };
    } catch (e) {
      this.fail(e);
    }
  }

  // ----------------------------------------------------------------------------------------------------------- settings

  async propose(amounts?: Amounts, target?: string | null, ceiling?: number | null): Promise<void> {
    const session = this.session;
    if (!session) return;
    const wanted = amounts ?? session.amounts;
    this.afterProblem = null;
    this.afterOld = true;
    try {
      const doc = await this.work("propose", "Proposing settings", (job, progress) =>
        this.host.propose(wanted, target === undefined ? (session.target ?? null) : target, ceiling === undefined ? (session.ceiling_dbtp ?? null) : ceiling, job, progress),
      );
      this.after = doc;
      this.proposal = doc;
      this.afterOld = false;
      if (doc.proposal && this.session) {
        this.session = { ...this.session, settings: doc.proposal.settings, amounts: wanted, proposal_ready: true };
      }
    } catch (e) {
      const error = asError(e);
      if (error.code !== "cancelled") this.afterProblem = error;
    }
  }

  /** Changes the settings as one named step, and measures them once they rest. They show at once; the host's word
   *  counts, but not that on an older edit of the same drag. */
  async edit(settings: Settings, label: string, merge = false): Promise<void> {
    if (!this.session) return;
    this.#edits += 1;
    const mine = this.#edits;
    const before = this.session;
    this.session = { ...before, settings };
    this.measureSoon();
    try {
      const view = await this.host.set_settings(settings, label, merge);
      if (mine === this.#edits) this.session = view;
    } catch (e) {
      if (mine === this.#edits) this.session = before;
      this.fail(e);
    }
  }

  measureSoon(wait = REST_MS): void {
    this.afterOld = true;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.measure(), wait);
  }

  async measure(): Promise<void> {
    const settings = this.session?.settings;
    if (!settings || !this.doc) return;
    this.afterProblem = null;
    try {
      const doc = await this.work("measure", "Measuring the result", (job, progress) => this.host.measure_settings(settings, job, progress));
      this.after = { ...doc, proposal: doc.proposal ?? this.after?.proposal ?? null };
      this.afterOld = false;
    } catch (e) {
      const error = asError(e);
      if (error.code !== "cancelled") this.afterProblem = error;
    }
  }

  undo = (): Promise<boolean> => (this.session?.can_undo ? this.change(this.host.undo()) : Promise.resolve(false));
  redo = (): Promise<boolean> => (this.session?.can_redo ? this.change(this.host.redo()) : Promise.resolve(false));

  async setPreferences(part: Partial<Preferences>): Promise<void> {
    if (!this.preferences) return;
    this.preferences = { ...this.preferences, ...part };
    try {
      await this.host.set_preferences(this.preferences);
    } catch (e) {
      this.fail(e);
    }
  }

  // ---------------------------------------------------------------------------------------------------------------- files

  /** Writes a file; where one exists, asks first. */
  async writing(path: string, write: (overwrite: boolean) => Promise<void>, done: string): Promise<void> {
    try {
      await write(false);
      this.say(done);
    } catch (e) {
      if (asError(e).code !== "exists") return this.fail(e);
      this.ask(`Replace ${path.split(/[\\/]/).pop() ?? path}?`, "A file of that name is there already. The mix itself is never touched.", [
        { label: "Cancel", run: () => undefined },
        { label: "Replace", run: () => void write(true).then(() => this.say(done), this.fail) },
      ]);
    }
  }

  ask(title: string, text: string, choices: Question["choices"]): void {
    this.question = { title, text, choices };
  }

  async render(options: RenderOptions): Promise<void> {
    const settings = this.session?.settings;
    if (!settings) return;
    try {
      const rendered = await this.work("render", "Rendering", (job, progress) => this.host.render(settings, options, job, progress));
      this.rendered = { ...rendered, at: Date.now() };
      this.spoken = "Rendered and measured again";
      if (this.view !== "deliver") this.say(`Rendered ${rendered.path.split(/[\\/]/).pop() ?? ""}`);
    } catch (e) {
      const error = asError(e);
      if (error.code === "exists") {
        const name = options.path.split(/[\\/]/).pop() ?? options.path;
        const other = options.path.replace(/(\.[^.]+)$/, ` ${new Date().toTimeString().slice(0, 5).replace(":", ".")}$1`);
        this.ask(`Replace ${name}?`, "A file of that name is there already. The mix itself is never touched.", [
          { label: "Keep both", run: () => void this.render({ ...options, path: other }) },
          { label: "Replace", run: () => void this.render({ ...options, overwrite: true }) },
          { label: "Cancel", run: () => undefined },
        ]);
      } else if (error.code === "cancelled") this.say("Render stopped; nothing was written");
      else this.fail(error);
    }
  }
}

/** All that a check depends on. */
function checkKey(s: SessionView): string {
  return JSON.stringify([s.current_mix, s.references.map((r) => r.path), s.stems?.files.map((f) => [f.path, f.role]), s.stage]);
}

function capitalHint(hint: string): string {
  return hint === "" ? "" : `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`;
}

export function asError(e: unknown): HostError {
  if (isHostError(e)) return e;
  return { code: "bug", what: e instanceof Error ? e.message : String(e), hint: "try again; if it stays, report it" };
}
