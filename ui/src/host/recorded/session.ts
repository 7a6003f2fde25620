// A session kept in memory with its history, as the app's is kept in Rust.

import type { Settings } from "../../bindings/settings";
import type { MixVersion, SessionView } from "../host";

const MOST_STEPS = 200;

export function emptySettings(): Settings {
  return { schema: "plumbline-settings/1", tool_version: "0.1.0", input_gain_db: 0, eq: [], dynamics: null, stereo: null, output_gain_db: 0, limiter: null };
}

export function emptySession(): SessionView {
  return {
    title: "",
    saved_to: null,
    dirty: false,
    mixes: [],
    current_mix: null,
    references: [],
    stems: null,
    stage: "auto",
    accepted: [],
    settings: emptySettings(),
    amounts: { tone: 1, dynamics: 1, width: 1, loudness: 1 },
    target: null,
    ceiling_dbtp: null,
    snapshots: [null, null, null, null],
    active_snapshot: null,
    can_undo: false,
    can_redo: false,
    playback_system: null,
    document_ready: false,
    proposal_ready: false,
  };
}

type Core = Omit<SessionView, "can_undo" | "can_redo" | "undo_label" | "redo_label">;

export class RecordedSession {
  #now: Core = emptySession();
  #past: { label: string; core: Core; merges: boolean }[] = [];
  #future: { label: string; core: Core }[] = [];

  get view(): SessionView {
    return {
      ...structuredClone(this.#now),
      can_undo: this.#past.length > 0,
      can_redo: this.#future.length > 0,
      undo_label: this.#past.at(-1)?.label ?? null,
      redo_label: this.#future.at(-1)?.label ?? null,
    };
  }

  /** A change that can be undone. */
  change(label: string, part: Partial<Core>, merge = false): SessionView {
    const last = this.#past.at(-1);
    if (!(merge && last?.label === label)) this.#past.push({ label, core: this.#now, merges: merge });
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#future = [];
    this.#now = { ...this.#now, dirty: true, ...structuredClone(part) };
    return this.view;
  }

  /** A change that is no step: what is heard, what became ready. */
  note(part: Partial<Core>): SessionView {
    this.#now = { ...this.#now, ...structuredClone(part) };
    return this.view;
  }

  reset(core: Core): SessionView {
    this.#now = structuredClone(core);
    this.#past = [];
    this.#future = [];
    return this.view;
  }

  undo(): SessionView {
    const step = this.#past.pop();
    if (step) {
      this.#future.push({ label: step.label, core: this.#now });
      this.#now = { ...step.core, document_ready: this.#now.document_ready, playback_system: this.#now.playback_system ?? null };
    }
    return this.view;
  }

  redo(): SessionView {
    const step = this.#future.pop();
    if (step) {
      this.#past.push({ label: step.label, core: this.#now, merges: false });
      this.#now = { ...step.core, document_ready: this.#now.document_ready, playback_system: this.#now.playback_system ?? null };
    }
    return this.view;
  }

  mix(id: string | null | undefined): MixVersion | undefined {
    return this.#now.mixes.find((m) => m.id === id);
  }
}
